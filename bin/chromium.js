// Finds a Chromium for tests and screenshots, or installs Debian's.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Its path, or null. PLAZA_TEST_CHROMIUM names one. */
export function findChromium() {
  const named = process.env.PLAZA_TEST_CHROMIUM;
  if (named) return existsSync(named) ? named : null;
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}

/** The same, installed by apt where there is none. Ends the process with one sentence when that cannot be done. */
export function readyChromium() {
  const found = findChromium();
  if (found) return found;
  if (process.env.PLAZA_TEST_CHROMIUM) refuse(`There is no ${process.env.PLAZA_TEST_CHROMIUM}, which PLAZA_TEST_CHROMIUM names.`);
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const may = asRoot.length === 0 || spawnSync('sudo', ['-n', 'true']).status === 0;
  if (!existsSync('/usr/bin/apt-get') || !may)
    refuse('The tests in a browser need Chromium; install it, or name one with PLAZA_TEST_CHROMIUM=/path/to/chromium.');
  console.error("Installing Debian's Chromium; this happens once …");
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args];
    return spawnSync(command, rest, { stdio: ['ignore', 2, 2] }).status === 0;
  };
  apt('update');
  if (!apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-color-emoji'))
    refuse('apt could not install Chromium; what it says above tells why.');
  return findChromium() ?? refuse('apt installed Chromium, and it is still not found.');
}

function refuse(sentence) {
  console.error(sentence);
  process.exit(1);
}
