// Runs vitest and counts.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { home } from './ready.mjs';

/** Answers how many tests passed, failed and were skipped. */
export async function runTests(node, args, env = {}) {
  // Ctrl-C reaches the tests as well, which tidy up; this process waits for them.
  process.on('SIGINT', () => {});
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
    const options = { cwd: home, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } };
    spawn(node, [...vitest, ...args], options).on('close', resolve);
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

/** The line that everything ends with. */
export function tell({ passed, failed, skipped }) {
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed ? 1 : 0;
}
