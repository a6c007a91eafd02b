import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holderOf, takeLock } from './lock.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plaza-lock-'));
  file = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Another process that tries to take the lock, says how it went, and stays. */
async function rival(): Promise<{ said: string; kill(): Promise<void> }> {
  const script = `
    const { takeLock } = await import(${JSON.stringify(join(import.meta.dirname, 'lock.ts'))});
    console.log('pid' in takeLock(${JSON.stringify(file)}) ? 'refused' : 'taken');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = await new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())));
  return {
    said,
    kill: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

test('the second one learns who holds it', () => {
  const lock = takeLock(file);
  if ('pid' in lock) throw new Error('refused');
  lock.tell({ address: 'http://localhost:3000' });
  expect(takeLock(file)).toMatchObject({ pid: process.pid, told: { address: 'http://localhost:3000' } });
  lock.release();
  expect(holderOf(file)).toBeNull();
  expect('pid' in takeLock(file)).toBe(false);
});

test('a lock left by kill -9 counts for nothing', async () => {
  const first = await rival();
  expect(first.said).toBe('taken');
  expect('pid' in takeLock(file)).toBe(true);
  await first.kill();
  expect('pid' in takeLock(file)).toBe(false);
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('a later process of the same number is not taken for the holder', () => {
  takeLock(file);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), start: 'another time' }));
  expect(holderOf(file)).toBeNull();
});

test('of many at the same moment one gets it, over a stale one too', async () => {
  writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, start: '1', since: '', told: {} }));
  const rivals = await Promise.all(Array.from({ length: 4 }, rival));
  expect(rivals.map(({ said }) => said).sort()).toEqual(['refused', 'refused', 'refused', 'taken']);
  await Promise.all(rivals.map(({ kill }) => kill()));
});
