// Runs as the root "postinstall" on whatever Node the user has. Must stay syntax-compatible with old Node.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const pkg = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const min = /(\d+)\.(\d+)/.exec(pkg.engines.node).slice(1, 3).map(Number);
const wanted = readFileSync(path.join(root, '.node-version'), 'utf8').trim();
const have = process.versions.node.split('.').map(Number);
const ok = have[0] > min[0] || (have[0] === min[0] && have[1] >= min[1]);
if (ok) process.exit(0);

const bin = path.join(root, 'node_modules', '.bin');
const exe = process.platform === 'win32' ? 'node.exe' : 'node';
const target = path.join(bin, exe);
const platform = { linux: 'linux', win32: 'win' }[process.platform];
const name = platform && `node-${platform}-${process.arch}`;
const help =
  'Node ' +
  pkg.engines.node +
  ' is needed, found ' +
  process.versions.node +
  '. Install Node ' +
  wanted +
  ' (nvm install, fnm use, volta, brew install node@24, or your distribution) and run npm ci again.';
if (!name) {
  console.error(help);
  process.exit(1);
}
const dir = path.join(root, 'node_modules', '.node');
rmSync(dir, { recursive: true, force: true });
mkdirSync(dir, { recursive: true });
console.log(
  `Node ${process.versions.node} is too old for this project; adding ${name}@${wanted} to node_modules`,
);
const npm = process.env.npm_execpath;
const args = [
  'install',
  '--prefix',
  dir,
  '--no-save',
  '--no-package-lock',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  `${name}@${wanted}`,
];
const r =
  npm && existsSync(npm)
    ? spawnSync(process.execPath, [npm, ...args], { stdio: 'inherit' })
    : spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
const built = path.join(dir, 'node_modules', name, 'bin', exe);
if (r.status !== 0 || !existsSync(built)) {
  console.error(help);
  process.exit(1);
}
mkdirSync(bin, { recursive: true });
rmSync(target, { force: true });
try {
  linkSync(built, target);
} catch {
  copyFileSync(built, target);
}
chmodSync(target, 0o755);
const v = spawnSync(target, ['--version']);
if (v.status !== 0) {
  rmSync(target, { force: true });
  console.error(help);
  process.exit(1);
}
