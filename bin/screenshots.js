// Installs what is missing and draws every page into docs/screenshots, on Node 24.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readyChromium } from './chromium.js';
import { home, ready } from './ready.mjs';

const { status } = spawnSync(ready({ dev: true }), [join(home, 'journeys/screenshots/take.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, PLAZA_TEST_CHROMIUM: readyChromium() },
});
process.exitCode = status ?? 1;
