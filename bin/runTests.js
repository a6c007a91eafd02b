// Runs vitest and counts.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { home } from './ready.mjs';

/** Answers how many tests passed, failed and were skipped. What failed is said once more at the end, where it is looked for. */
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
    const found = JSON.parse(readFileSync(results, 'utf8'));
    const failed = found.testResults.flatMap(failures);
    if (failed.length === 0 && code !== 0) failed.push('an error outside of any test, said above');
    for (const line of failed) console.log(`Failed: ${line}`);
    // A file that cannot be loaded and an error outside of any test fail the run too.
    return {
      passed: found.numPassedTests,
      failed: Math.max(found.numFailedTests, code === 0 ? 0 : 1),
      skipped: found.numPendingTests + found.numTodoTests,
    };
  } catch {
    console.log('Failed: the tests ended without results, said above');
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A line for each test of a file that failed: where, which, and what went wrong first. */
function failures({ name, status, message, assertionResults }) {
  const file = relative(home, name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0 && status === 'failed') return [`${file}: ${firstLine(message)}`];
  return failed.map((test) => `${file} > ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
}

const firstLine = (text = '') => text.split('\n', 1)[0];

/** The line that everything ends with. */
export function tell({ passed, failed, skipped }) {
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed ? 1 : 0;
}
