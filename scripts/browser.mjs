// Makes a Chromium available for the end-to-end tests, whatever the machine.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];
const asRoot = process.getuid?.() === 0;

/** @returns {boolean} whether a browser is there now */
export function ensureBrowser() {
  if (process.env.CHROMIUM_PATH || installed.some((path) => existsSync(path))) return true;
  if (isDebian() && asRoot && (aptInstall() || (run('apt-get', 'update') && aptInstall())))
    return true;
  return run('npx', 'playwright', 'install', ...(asRoot ? ['--with-deps'] : []), 'chromium');
}

const isDebian = () =>
  existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));

const aptInstall = () =>
  run('apt-get', 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation');

function run(command, ...parameters) {
  console.log('$', command, ...parameters);
  const { status } = spawnSync(command, parameters, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}
