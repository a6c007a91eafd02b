// Plain JavaScript for any Node from 20 up: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const home = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Installs what package-lock.json names if that is not there yet, and answers the path of a Node from 24 up: the one
 * that runs, or the one npm brought along. `dev`: the tools of the tests are needed too.
 * Ends the process with one sentence when that cannot be had.
 */
export function ready({ dev = false } = {}) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) refuse(`Plaza needs Node 20 or newer; this is ${process.versions.node}.`);
  if (!installed(dev)) install();
  if (major >= 24) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const node = join(home, 'node_modules', `node-${platform}-${process.arch}`, 'bin', platform === 'win' ? 'node.exe' : 'node');
  if (!existsSync(node))
    refuse(`Plaza runs on Node 24; npm has none for ${process.platform} ${process.arch}, so install Node 24 and try again.`);
  return node;
}

/** npm keeps a copy of the lock beside what it installed; optional packages are missing there on other platforms. */
function installed(dev) {
  const here = join(home, 'node_modules', '.package-lock.json');
  if (!existsSync(here)) return false;
  const wanted = JSON.parse(readFileSync(join(home, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(here, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, dev: tool }]) => {
    if (path === '') return true;
    const found = present[path];
    return found ? found.version === version : Boolean(optional || (tool && !dev));
  });
}

function install() {
  console.error('Installing what package-lock.json names; this happens once …');
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const { status } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: home, stdio: ['inherit', 2, 2] })
    : spawnSync('npm', args, { cwd: home, stdio: ['inherit', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) refuse('npm could not install the packages; what it says above tells why.');
}

function refuse(sentence) {
  console.error(sentence);
  process.exit(1);
}
