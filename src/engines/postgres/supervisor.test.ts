import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from '../../kit/log.ts';
import { isAlive, waitFor } from '../../kit/processes.ts';
import { connect } from './index.ts';
import { markInstallation } from './installation.ts';
import { migrate, readMigrations } from './migrate.ts';
import { type Embedded, startEmbedded } from './supervisor.ts';

// Each makes a whole database or two.
vi.setConfig({ testTimeout: 120_000 });

const logger = createLogger({ level: 'silent', format: 'json' });
const migrations = readMigrations('migrations');
let folder: string;
let started: Embedded[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plaza-supervisor-'));
  chmodSync(folder, 0o755);
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((postgres) => postgres.stop()));
  rmSync(folder, { recursive: true });
});

async function start(where = folder): Promise<Embedded> {
  const postgres = await startEmbedded({ folder: where, slotKeep: '64MB', logger });
  started.push(postgres);
  return postgres;
}

async function query<T>(url: string, work: (sql: ReturnType<typeof connect>) => Promise<T>): Promise<T> {
  const sql = connect(url, { max: 1, name: 'test' });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** Asks again until the database is back. */
async function patiently<T>(url: string, work: (sql: ReturnType<typeof connect>) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await query(url, work);
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const postmaster = (where = folder) => Number(readFileSync(join(where, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);

test('runs as the feed and the log need it, reachable for nobody else, and stops', async () => {
  const postgres = await start();
  const [row] = await query(
    postgres.url,
    (
      sql,
    ) => sql`select current_setting('wal_level') as wal, current_setting('listen_addresses') as tcp, current_setting('max_slot_wal_keep_size') as keep,
      current_setting('data_checksums') as checksums, lower('ÉCOLE Привет') as lower, 'a' > 'B' as by_code_point, current_database() as database`,
  );
  expect(row).toEqual({
    wal: 'logical',
    tcp: '',
    keep: '64MB',
    checksums: 'on',
    lower: 'école привет',
    by_code_point: true,
    database: 'plaza',
  });
  expect(statSync(join(folder, 'postgres', 'socket')).mode & 0o777).toBe(0o700);
  if (process.getuid?.() === 0) expect(statSync(join(folder, 'postgres', 'data')).uid).not.toBe(0);
  const pid = postmaster();
  await postgres.stop();
  expect(isAlive(pid)).toBe(false);
});

test('[L3] starts again by itself after kill -9, with all that was committed', async () => {
  const postgres = await start();
  await query(postgres.url, (sql) => sql`create table kept as select 7 as n`);
  const pid = postmaster();
  process.kill(pid, 'SIGKILL');
  expect(await waitFor(() => !isAlive(pid), 5_000)).toBe(true);
  const [row] = await patiently(postgres.url, (sql) => sql`select n from kept`);
  expect(row).toEqual({ n: 7 });
  expect(postmaster()).not.toBe(pid);
});

test('[L3] ends an orphan that outlived its Plaza, and takes over what it held', async () => {
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(join(import.meta.dirname, 'supervisor.ts'))});
    const { createLogger } = await import(${JSON.stringify(join(import.meta.dirname, '../../kit/log.ts'))});
    const { url } = await startEmbedded({ folder: process.argv[1], slotKeep: '64MB', logger: createLogger({ level: 'silent', format: 'json' }) });
    console.log(url);`;
  const former = spawn(process.execPath, ['--input-type=module', '-e', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve) => former.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())));
  await query(url, (sql) => sql`create table kept as select 7 as n`);
  const orphan = postmaster();
  former.kill('SIGKILL');
  await new Promise((resolve) => former.once('exit', resolve));
  expect(isAlive(orphan)).toBe(true);

  const postgres = await start();
  expect(isAlive(orphan)).toBe(false);
  expect(await query(postgres.url, (sql) => sql`select n from kept`)).toEqual([{ n: 7 }]);
});

test('is not held up by the pid file of a process that is something else today', async () => {
  const first = await start();
  const left = readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  await first.stop();
  writeFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), left.replace(/^\d+/, String(process.pid)));
  const second = await start();
  expect(await query(second.url, (sql) => sql`select 1 as n`)).toEqual([{ n: 1 }]);
});

test('says plainly when the files are another major version', async () => {
  await (await start()).stop();
  writeFileSync(join(folder, 'postgres', 'data', 'PG_VERSION'), '17\n');
  await expect(start()).rejects.toThrow(/was made by PostgreSQL 17, and this Plaza brings 18/);
});

test('a path too long for a socket gets a short one of its own', async () => {
  const deep = join(folder, 'a'.repeat(100));
  mkdirSync(deep);
  const postgres = await start(deep);
  const sockets = new URL(postgres.url).searchParams.get('host') ?? '';
  expect(Buffer.byteLength(join(sockets, '.s.PGSQL.5432'))).toBeLessThan(104);
  await postgres.stop();
  rmSync(sockets, { recursive: true, force: true });
});

test('[L13] the epoch stays over restarts and differs after a restore from a backup, there and there alone', async () => {
  const original = await start();
  await migrate(original.url, migrations);
  const epoch = await query(original.url, markInstallation);
  expect(await query(original.url, markInstallation)).toBe(epoch);
  await original.stop();

  const copy = join(folder, 'restored');
  mkdirSync(copy);
  execFileSync('cp', ['-a', join(folder, 'postgres'), copy]);
  writeFileSync(join(copy, 'postgres', 'data', 'recovery.signal'), '');
  writeFileSync(join(copy, 'postgres', 'data', 'postgresql.auto.conf'), "restore_command = 'false'\n");
  const restored = await start(copy);
  const after = await query(restored.url, markInstallation);
  expect(after).not.toBe(epoch);
  const [row] = await query(restored.url, (sql) => sql`select timeline from installation`);
  expect(row).toEqual({ timeline: 2 });
  await restored.stop();
  expect(await query((await start(copy)).url, markInstallation)).toBe(after);

  expect(await query((await start()).url, markInstallation)).toBe(epoch);
});
