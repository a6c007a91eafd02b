import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../kit/log.ts';
import { connect } from './index.ts';
import { checkDatabase, findings, type Look, unreachable } from './preflight.ts';
import { startEmbedded } from './supervisor.ts';
import { type FreshDatabase, freshDatabase } from './testing.ts';

let database: FreshDatabase;

beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

/** The sentences of what is not well. */
async function complaints(change: (url: URL) => void, address = database.url): Promise<string[]> {
  const url = new URL(address);
  change(url);
  return (await checkDatabase(url.href)).filter(({ ok }) => !ok).map(({ says }) => says);
}

test('a database made for Plaza is well', async () => {
  expect(await complaints(() => {})).toEqual([]);
});

test('an address that leads nowhere is told from a wrong name and a missing database', async () => {
  expect(await complaints(() => {}, 'postgres://a@127.0.0.1:1/a')).toEqual([
    'Nobody answers at 127.0.0.1:1; start PostgreSQL there, or mend DATABASE_URL.',
  ]);
  for (const code of ['ENOTFOUND', 'EAI_AGAIN'])
    expect(unreachable('postgres://a@somewhere/a', Object.assign(new Error(), { code }))).toMatch(
      /names the machine somewhere, and nobody knows/,
    );
  expect(await complaints((url) => Object.assign(url, { pathname: '/nowhere' }))).toEqual([
    expect.stringMatching(/has no database "nowhere"; make it there with: create database nowhere/),
  ]);
});

test('a wrong password and a user who may not replicate are named', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plaza-preflight-'));
  chmodSync(folder, 0o755);
  const postgres = await startEmbedded({ folder, slotKeep: '64MB', logger: createLogger({ level: 'silent', format: 'json' }) });
  try {
    const sql = connect(postgres.url, { max: 1, name: 'test' });
    await sql`create role weak login password 'right'`;
    writeFileSync(join(folder, 'postgres', 'data', 'pg_hba.conf'), 'local all weak scram-sha-256\nlocal all plaza trust\n');
    await sql`select pg_reload_conf()`;
    await sql.end();
    const as = (password: string) => complaints((url) => Object.assign(url, { username: 'weak', password }), postgres.url);
    await expect
      .poll(() => as('wrong'), { timeout: 30_000 })
      .toEqual([expect.stringMatching(/does not take this password of weak; mend DATABASE_URL/)]);
    expect(await as('right')).toEqual([
      'The database\'s user weak is not allowed to replicate: run "alter role weak replication" there as a superuser.',
      expect.stringMatching(/^The database's user weak may not make tables: run "grant create on schema public to weak"/),
    ]);
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true });
  }
});

test('each other thing that may be amiss has a sentence of its own', () => {
  const good: Look = {
    version: '16.2',
    version_number: 160_002,
    encoding: 'UTF8',
    standby: false,
    wal_level: 'logical',
    synchronous_commit: 'on',
    user_name: 'ana',
    may_replicate: true,
    slots: 1,
    most_slots: 10,
    senders: 1,
    most_senders: 10,
    missing: [],
    may_create: true,
  };
  const complaint = (change: Partial<Look>) =>
    findings({ ...good, ...change })
      .filter(({ ok }) => !ok)
      .map(({ says }) => says);
  expect(complaint({})).toEqual([]);
  expect(complaint({ version: '14.9', version_number: 140_009 })).toEqual([expect.stringMatching(/PostgreSQL 14\.9 and 15 is the oldest/)]);
  expect(complaint({ synchronous_commit: 'off' })).toEqual([expect.stringMatching(/synchronous_commit=off.*acknowledged/)]);
  expect(complaint({ wal_level: 'replica' })).toEqual([
    expect.stringMatching(/wal_level=replica.*alter system set wal_level = logical.*restart/),
  ]);
  expect(complaint({ slots: 10 })).toEqual([expect.stringMatching(/All 10 replication slots.*max_replication_slots/)]);
  expect(complaint({ senders: 10 })).toEqual([expect.stringMatching(/max_wal_senders/)]);
  expect(complaint({ missing: ['pg_trgm'] })).toEqual([expect.stringMatching(/lacks the extensions pg_trgm.*contrib/)]);
  expect(complaint({ encoding: 'LATIN1' })).toEqual([expect.stringMatching(/LATIN1.*encoding 'UTF8'/)]);
  expect(complaint({ standby: true })).toEqual([expect.stringMatching(/standby/)]);
});
