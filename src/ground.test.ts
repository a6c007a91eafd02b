import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from './engines/postgres/index.ts';
import { joinGround, openGround, whoRuns } from './ground.ts';
import { createLogger } from './kit/log.ts';
import { readSettings } from './settings.ts';

vi.setConfig({ testTimeout: 120_000 });

const logger = createLogger({ level: 'silent', format: 'json' });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plaza-ground-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const settingsFor = (data: string, env: NodeJS.ProcessEnv = {}) => readSettings(['--data', data], {}, env).settings;

test('the data folder is closed, its secret stays, and a second Plaza learns who holds it', async () => {
  const settings = settingsFor(folder);
  const ground = await openGround(settings, logger);
  try {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
    ground.tell({ address: 'http://localhost:3000' });
    await expect(openGround(settings, logger)).rejects.toThrow(
      new RegExp(`in use by another Plaza: process ${process.pid} holds it since .* and serves on http://localhost:3000`),
    );

    const beside = await joinGround(settings, logger);
    expect([beside.databaseUrl, beside.secret]).toEqual([ground.databaseUrl, ground.secret]);
    await beside.close();
    const sql = connect(ground.databaseUrl, { max: 1, name: 'test' });
    expect(await sql`select 1 as n`).toEqual([{ n: 1 }]);
    await sql.end();
  } finally {
    await ground.close();
  }
  expect(whoRuns(settings)).toBeNull();
  expect(readdirSync(folder).sort()).toEqual(['postgres', 'secret']);
  expect(readFileSync(join(folder, 'secret'), 'utf8').trim()).toBe(ground.secret);
});

test("somebody's folder is left as it is", async () => {
  writeFileSync(join(folder, 'thesis.txt'), 'all I have');
  const before = statSync(folder);
  await expect(openGround(settingsFor(folder), logger)).rejects.toThrow(/holds other things and is no data folder of Plaza/);
  expect(statSync(folder)).toMatchObject({ mode: before.mode, uid: before.uid, mtimeMs: before.mtimeMs });
});

test('a database that cannot be used is told before anything else', async () => {
  const settings = settingsFor(folder, { DATABASE_URL: 'postgres://a@127.0.0.1:1/a' });
  await expect(openGround(settings, logger)).rejects.toThrow(
    'Nobody answers at 127.0.0.1:1; start PostgreSQL there, or mend DATABASE_URL.',
  );
  expect(whoRuns(settings)).toBeNull();
});
