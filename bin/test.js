// All checks and tests; with arguments only the tests they name (`npm test -- journeys/drain`), without the checks.
import { check } from './check.js';
import { ready } from './ready.mjs';
import { runTests, tell } from './runTests.js';

const only = process.argv.slice(2);
const node = ready({ dev: true });
const checked = only.length === 0 ? await check(node) : { passed: 0, failed: 0 };
const tested = await runTests(node, only);
tell({ passed: checked.passed + tested.passed, failed: checked.failed + tested.failed, skipped: tested.skipped });
