import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holderOf, takeLock } from './lock.ts';

/** What happens elsewhere while this process looks whether another one lives. */
let meanwhile: (pid: number) => void = () => {};
vi.mock('./processes.ts', async (load) => {
  const real = await load<typeof import('./processes.ts')>();
  return {
    ...real,
    isAlive(pid: number) {
      meanwhile(pid);
      return real.isAlive(pid);
    },
  };
});

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plaza-lock-'));
  file = join(folder, 'lock');
});
afterEach(() => {
  meanwhile = () => {};
  rmSync(folder, { recursive: true });
});

/** Takes the lock and stays. */
const script = () => `
  const { takeLock } = await import(${JSON.stringify(join(import.meta.dirname, 'lock.ts'))});
  console.log('pid' in takeLock(${JSON.stringify(file)}) ? 'refused' : 'taken');
  setInterval(() => {}, 1000);`;

/** Another process that tries to take the lock, says how it went, and stays. */
async function rival(): Promise<{ said: string; kill(): Promise<void> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script()], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
    child.once('close', () => reject(new Error('It ended without a word.')));
  });
  return {
    said,
    kill: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

/** The same while this process stands still. */
function rivalMeanwhile(): { said: string; kill(): void } {
  const words = join(folder, 'said');
  const out = openSync(words, 'w');
  const child = spawn(process.execPath, ['--input-type=module', '-e', script()], { stdio: ['ignore', out, 'inherit'] });
  closeSync(out);
  const still = new Int32Array(new SharedArrayBuffer(4));
  while (!readFileSync(words, 'utf8').endsWith('\n')) Atomics.wait(still, 0, 0, 10);
  const said = readFileSync(words, 'utf8').trim();
  rmSync(words);
  return { said, kill: () => void child.kill('SIGKILL') };
}

const stale = JSON.stringify({ pid: 2 ** 22 + 1, start: '1', since: '', told: {} });

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
  writeFileSync(file, stale);
  const rivals = await Promise.all(Array.from({ length: 4 }, rival));
  expect(rivals.map(({ said }) => said).sort()).toEqual(['refused', 'refused', 'refused', 'taken']);
  await Promise.all(rivals.map(({ kill }) => kill()));
});

test('who looked at a stale lock long ago does not take it from whoever has it now', () => {
  writeFileSync(file, stale);
  const rivals: ReturnType<typeof rivalMeanwhile>[] = [];
  meanwhile = () => {
    if (rivals.length < 2) rivals.push(rivalMeanwhile());
  };
  try {
    expect('pid' in takeLock(file)).toBe(true);
  } finally {
    for (const { kill } of rivals) kill();
  }
  expect(rivals.map(({ said }) => said)).toEqual(['taken', 'refused']);
});

test('a process that is killed while it replaces a stale lock holds nobody up', async () => {
  writeFileSync(file, stale);
  const dying = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    fs.renameSync = () => process.kill(process.pid, 'SIGKILL');
    syncBuiltinESMExports();
    ${script()}`;
  for (let times = 0; times < 2; times++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', dying], { stdio: 'ignore' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  }
  expect(readFileSync(file, 'utf8')).toBe(stale);
  expect('pid' in takeLock(file)).toBe(false);
  expect(holderOf(file)?.pid).toBe(process.pid);
});
