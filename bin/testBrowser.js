// The journeys in a real browser; with arguments only those they name (`npm run test:browser -- offline`).
import { readyChromium } from './chromium.js';
import { ready } from './ready.mjs';
import { runTests, tell } from './runTests.js';

const node = ready({ dev: true });
const args = ['--config', 'vitest.browser.config.ts', ...process.argv.slice(2)];
tell(await runTests(node, args, { PLAZA_TEST_CHROMIUM: readyChromium() }));
