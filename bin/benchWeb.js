// Installs what is missing and measures the page in a browser, on Node 24.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readyChromium } from './chromium.js';
import { home, ready } from './ready.mjs';

process.on('SIGINT', () => {});
const { status } = spawnSync(ready({ dev: true }), [join(home, 'bench/web/run.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, PLAZA_TEST_CHROMIUM: readyChromium() },
});
process.exitCode = status ?? 1;
