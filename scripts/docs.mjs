// Writes the parts of the documentation that follow from the code; `--check` only compares.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import config from '../.dependency-cruiser.mjs';
import { presets } from '../lib/config/presets/presets.ts';
import { weaknesses } from '../lib/model/authority-findings.ts';
import { owners, reasons } from '../lib/model/reasons.ts';
import { deviations } from '../tests/conformance/deviations.ts';

const marks = { begin: '<!-- generated: begin -->', end: '<!-- generated: end -->' };

/** @returns {Promise<string[]>} the files whose text is not what the code says */
export async function outdatedDocs() {
  const wanted = await allDocs();
  return Object.entries(wanted)
    .filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text)
    .map(([file]) => file);
}

const allDocs = async () => ({
  'docs/verdicts.md': verdicts(),
  'docs/authorities.md': authorities(),
  'docs/deviations.md': deviationTable(),
  'docs/architecture.md': await architecture(),
});

function between(file, text) {
  const [head, rest = ''] = readFileSync(file, 'utf8').split(marks.begin);
  const tail = rest.split(marks.end)[1] ?? '';
  return `${head}${marks.begin}\n${text}\n${marks.end}${tail}`;
}

function verdicts() {
  const rows = Object.entries(reasons).map(
    ([code, { title, owner, retryable, remedy }]) =>
      `| \`${code}\` | ${title} | ${owner} | ${retryable ? 'yes' : 'no'} | ${remedy} |`,
  );
  const head = '| code | title | who can act | tried again | what to do |\n|---|---|---|---|---|';
  return between(
    'docs/verdicts.md',
    `${rows.length} reasons; owners: ${owners.join(', ')}.\n\n${head}\n${rows.join('\n')}`,
  );
}

function deviationTable() {
  const rows = Object.entries(deviations).map(
    ([name, { peers, ours, why }]) => `| \`${name}\` | ${peers} | ${ours} | ${why} |`,
  );
  const head = '| name | other verifiers | Sealwatch | why |\n|---|---|---|---|';
  return between('docs/deviations.md', `${head}\n${rows.join('\n')}`);
}

/** Presets with their settings and sources, and what lint tells about authorities. */
function authorities() {
  const settings = ({ parameters }) =>
    parameters
      .map(
        ({ name, meaning, required }) => `\`${name}\`${required ? ' (required)' : ''}: ${meaning}`,
      )
      .join('<br>') || 'none';
  const rows = presets.map((preset) => {
    const { name, title, documents, readOn, unconfirmed } = preset;
    const links = documents
      .map((url) => `[${new URL(url).host}${new URL(url).pathname}](${url})`)
      .join(', ');
    const missing = unconfirmed.length === 0 ? 'all confirmed' : unconfirmed.join(' ');
    return `| \`${name}\` | ${title} | ${settings(preset)} | ${links}, read ${readOn} | ${missing} |`;
  });
  const found = Object.entries(weaknesses).map(
    ([code, { title, severity, remedy }]) =>
      `| \`${code}\` | ${severity} | ${title} | ${cell(remedy)} |`,
  );
  return between(
    'docs/authorities.md',
    [
      '| preset | whose signatures | settings | documents | confirmed |\n|---|---|---|---|---|',
      ...rows,
      '',
      '## Lint',
      '',
      `${found.length} weaknesses that are looked for, on the settings page, in \`/api/v1/settings\` and in \`sealwatch doctor\`. The codes are a stable interface.`,
      '',
      '| code | severity | title | what to do |\n|---|---|---|---|',
      ...found,
    ].join('\n'),
  );
}

const cell = (text) => text.replaceAll('|', '\\|');

/** The layers and who imports whom, as the code has it today. */
async function architecture() {
  const { output } = await cruise(
    ['app', 'components', 'lib', 'instrumentation.ts', 'proxy.ts'],
    { ...config.options, exclude: { path: '([.]css|[.]test[.]tsx?)$' } },
    {},
    {},
  );
  const edges = new Set();
  for (const { source, dependencies } of output.modules)
    for (const { resolved } of dependencies) {
      const [from, to] = [layerOf(source), layerOf(resolved)];
      if (from && to && from !== to) edges.add(`  ${id(from)}["${from}"] --> ${id(to)}["${to}"]`);
    }
  return between(
    'docs/architecture.md',
    `\`\`\`mermaid\nflowchart LR\n${[...edges].sort().join('\n')}\n\`\`\``,
  );
}

function layerOf(file) {
  const adapter = /^lib\/adapters\/[^/]+/.exec(file);
  if (adapter) return adapter[0];
  return /^(lib\/[^/]+|components\/ui|components|app|instrumentation|proxy)/
    .exec(file)?.[0]
    .replace(/[.]ts$/, '');
}

const id = (layer) => layer.replaceAll(/[^a-z]/g, '_');

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const outdated = await outdatedDocs();
    for (const file of outdated) console.error(`✘ ${file} is out of date: npm run docs`);
    process.exit(outdated.length === 0 ? 0 : 1);
  }
  for (const [file, text] of Object.entries(await allDocs())) writeFileSync(file, text);
}
