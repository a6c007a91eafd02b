import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../engines/postgres/testing.ts';
import { home } from '../settings.ts';

let database: FreshDatabase;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'plaza-seed-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

function seed(...flags: string[]): Promise<{ code: number; said: string }> {
  const args = [
    join(home, 'src/main.ts'),
    'seed',
    '--data',
    join(folder, 'data'),
    '--log-level',
    'error',
    '--people',
    '12',
    '--messages',
    '150',
    ...flags,
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env: { ...process.env, DATABASE_URL: database.url } }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), said: out + err }),
    );
  });
}

it('fills an empty place, says how to sign in, and leaves a place alone that is lived in', async () => {
  const first = await seed();
  expect(first).toMatchObject({
    code: 0,
    said: expect.stringMatching(/12 people.*150 messages.*Checked 150 messages.*@example\.com.*password/s),
  });
  expect(first.said).not.toContain('✗');

  expect(await seed()).toMatchObject({ code: 1, said: expect.stringContaining('--into-existing') });

  const added = await seed('--into-existing');
  expect(added).toMatchObject({ code: 0, said: expect.stringMatching(/Checked 300 messages/) });
  expect(added.said).not.toContain('✗');
}, 60_000);

it.each([
  ['--people', '0'],
  ['--people', 'many'],
  ['--messages', '-1'],
  ['--seed', '1.5'],
])('refuses %s %s', async (flag, value) => {
  expect(await seed(`${flag}=${value}`)).toMatchObject({ code: 1, said: expect.stringContaining(flag) });
});
