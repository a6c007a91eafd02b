import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { parseStat, useOf } from './processes.ts';

test('a process may have any name', () => {
  const line = `42 (a) b (c) R 7 ${Array.from({ length: 48 }, (_, i) => i + 5).join(' ')}`;
  expect(parseStat(line)).toEqual({ pid: 42, parent: 7, name: 'a) b (c', cpuMicros: (14 + 15 + 16 + 17) * 10_000, rssBytes: 24 * 4096 });
});

test('what a process has started counts with it', async () => {
  const child = spawn('sh', ['-c', 'sleep 30 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [said] = await once(child.stdout, 'data');
    const pids = useOf([child.pid ?? 0]).processes.map(({ pid }) => pid);
    expect(pids.toSorted()).toEqual([child.pid, Number(String(said))].toSorted());
    process.kill(Number(String(said)));
  } finally {
    child.kill();
  }
});
