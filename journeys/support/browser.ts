import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const flags = [
  '--headless',
  // Tests run as root in containers, where the sandbox cannot.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @throws when there is no Chromium; `npm run test:browser` installs Debian's */
export async function startBrowser(): Promise<Browser> {
  const named = process.env['PLAZA_TEST_CHROMIUM'];
  const path = [named, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((one) => one && existsSync(one));
  if (path === undefined) throw new Error('There is no Chromium; "npm run test:browser" installs it, PLAZA_TEST_CHROMIUM=/path names one.');
  return chromium.launch({ executablePath: path, args: flags });
}
