import { execFileSync } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { expect, test } from 'vitest';
import { giveBack } from './garbage.ts';

test('room that is free goes back to the system, and nothing else changes', async () => {
  const kept: { i: number }[] = [];
  let passing: object[] = [];
  for (let i = 0; i < 400_000; i++) {
    passing.push({ i, text: String(i) });
    if (i % 100 === 0) kept.push({ i });
    if (i % 10_000 === 0) await setImmediate();
  }
  const before = getHeapStatistics().total_physical_size;
  passing = [];
  await giveBack();
  expect(before - getHeapStatistics().total_physical_size).toBeGreaterThan(20 * 2 ** 20);
  expect(kept.map(({ i }) => i)).toEqual(Array.from({ length: 4000 }, (_, i) => i * 100));
  expect(passing).toEqual([]);
  expect('gc' in globalThis).toBe(false);
});

test('this Node has the flag by which everything begins young: an unknown one would be taken without a word', () => {
  expect(execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })).toContain('--allocation-site-pretenuring ');
});
