// All checks and tests; with arguments only the tests they name (`npm test -- journeys/drain`), without the checks.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check.js';
import { home, ready } from './ready.mjs';

// Ctrl-C reaches the tests as well, which tidy up; this process waits for them.
process.on('SIGINT', () => {});

const only = process.argv.slice(2);
const node = ready({ dev: true });
const checked = only.length === 0 ? await check(node) : { passed: 0, failed: 0 };
const tested = await test(node, only);
const sum = (what) => (checked[what] ?? 0) + tested[what];
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') ? 1 : 0;

async function test(node, args) {
  const folder = mkdtempSync(join(tmpdir(), 'plaza-results-'));
  const results = join(folder, 'results.json');
  const vitest = [
    join(home, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
  ];
  const code = await new Promise((resolve) => {
    spawn(node, [...vitest, ...args], { cwd: home, stdio: ['ignore', 'inherit', 'inherit'] }).on('close', resolve);
  });
  try {
    const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(results, 'utf8'));
    // A file that cannot be loaded and an error outside of any test fail the run too.
    return { passed, failed: Math.max(numFailedTests, code === 0 ? 0 : 1), skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
