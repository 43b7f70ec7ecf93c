// Everything a contribution must pass, in one run; ends with one line that counts all tests.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ensureBrowser } from './browser.mjs';

const reports = { unit: 'test-results/vitest.json', e2e: 'test-results/playwright.json' };
const failures = [];
let passed = 0;
let failed = 0;

mkdirSync('test-results', { recursive: true });
for (const report of Object.values(reports)) rmSync(report, { force: true });

step('browser', () => ensureBrowser());
step('build', () => run('npm', 'run', 'build'));
step('format and lint', () => run('npm', 'run', 'lint'));
step('layers', () => run('npm', 'run', 'layers'));
step('types', () => run('npm', 'run', 'typecheck'));
step('unit and contract tests', () =>
  run(
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reports.unit}`,
  ),
);
step('end-to-end tests', () => run('playwright', 'test'));

countUnit();
countEndToEnd();
if (failures.length > 0) console.log(`failed steps: ${failures.join(', ')}`);
failed += failed === 0 ? failures.length : 0;
writeFileSync('test-results/check.json', JSON.stringify({ passed, failed }));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function step(name, work) {
  const begin = performance.now();
  console.log(`\n── ${name}`);
  const good = work();
  console.log(
    `── ${name}: ${good ? 'ok' : 'FAILED'} (${((performance.now() - begin) / 1000).toFixed(1)} s)`,
  );
  if (!good) failures.push(name);
}

function run(command, ...parameters) {
  const { status } = spawnSync(command, parameters, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return status === 0;
}

function read(report) {
  if (!existsSync(report)) return undefined;
  return JSON.parse(readFileSync(report, 'utf8'));
}

function countUnit() {
  const report = read(reports.unit);
  if (!report) return;
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  const on = (database) =>
    report.testResults
      .filter(({ name }) => name.includes(`-${database}.test.`))
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'passed').length;
  console.log(`store and queue: ${on('pglite')} tests on PGlite, ${on('postgres')} on PostgreSQL`);
  if (on('postgres') === 0)
    console.log('!! PostgreSQL WAS NOT TESTED: no server could be had here');
  if (report.numPendingTests > 0) console.log(`${report.numPendingTests} tests skipped`);
}

function countEndToEnd() {
  const report = read(reports.e2e);
  if (!report) return;
  passed += report.stats.expected + report.stats.flaky;
  failed += report.stats.unexpected;
}
