import { readdir, readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { connect, type Pool, type Sql } from '../postgres/index.ts';
import { createDurableReader, createFeed, type FeedEvent, slots } from './index.ts';
import { openReplication } from './replication.ts';
import { createSlot } from './slots.ts';
import { emitText, type OwnServer, silent, startOwnServer, until } from './testing.ts';

let server: OwnServer;
let sql: Pool;
async function start(slotKeep?: string): Promise<void> {
  server = await startOwnServer(slotKeep);
  sql = connect(server.url, { max: 12, name: 'test' });
  for (const file of (await readdir('migrations')).sort()) await sql.unsafe(await readFile(`migrations/${file}`, 'utf8'));
  await sql`create table said (n integer primary key)`;
  await sql`create table probes (n integer)`;
  await sql`create table heard (place bigserial primary key, n integer not null)`;
}
afterEach(async () => {
  await sql.end({ timeout: 5 });
  await server.stop();
});

/** Writes a row and its event again and again, whatever happens to the database; answers those that were acknowledged. */
function keepSaying(): { stop(): Promise<number[]> } {
  const acknowledged: number[] = [];
  let done = false;
  let next = 0;
  const writers = Array.from({ length: 4 }, async () => {
    while (!done) {
      const n = next++;
      try {
        await sql.begin(async (tx) => {
          await tx`insert into said values (${n})`;
          await emitText(tx, 'plaza/person/1', String(n));
        });
        acknowledged.push(n);
      } catch {
        // The outcome is unknown: the table tells it in the end.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  });
  return {
    async stop() {
      done = true;
      await Promise.all(writers);
      return acknowledged;
    },
  };
}
const numbers = (batch: readonly FeedEvent[]) => batch.map((event) => Number(event.bytes.toString()));
const ascending = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
/** Tried again while the database is away, as whoever looks up what moved must. */
async function look(): Promise<number[]> {
  for (;;) {
    try {
      return await saidNow();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
const saidNow = async () => (await sql<{ n: number }[]>`select n from said`).map((row) => row.n);

test('the database is killed under load: the durable reader misses nothing and repeats nothing, the live feed says when to look', async () => {
  await start();
  const feed = createFeed({ url: server.url, sql, logger: silent });
  const reader = createDurableReader({
    url: server.url,
    sql,
    name: 'crash',
    logger: silent,
    feed,
    handle: async (tx, events) => void (await tx`insert into heard (n) select * from unnest(${numbers(events)}::integer[])`),
  });
  const live: number[] = [];
  const told: string[] = [];
  const looks: Promise<number[]>[] = [];
  feed.listen({
    events: (batch) => void live.push(...numbers(batch)),
    broken: () => void told.push('broken'),
    mended() {
      told.push('mended');
      looks.push(look());
    },
  });
  await feed.start();
  reader.start();
  await until(() => reader.state().status === 'running');

  const saying = keepSaying();
  for (let crashes = 1; crashes <= 3; crashes++) {
    const before = live.length;
    await until(() => live.length > before + 20);
    await server.crash();
    await until(() => told.length === 2 * crashes);
  }
  const before = live.length;
  await until(() => live.length > before + 20);
  const acknowledged = await saying.stop();
  const said = await look();
  await until(async () => (await sql`select from heard`).length >= said.length);
  const last = Math.max(...said) + 1;
  await sql.begin((tx) => emitText(tx, 'plaza/person/1', String(last)));
  await until(() => live.includes(last) && reader.state().handled > 0);

  expect(said).toEqual(expect.arrayContaining(acknowledged));
  await until(async () => (await sql`select from heard where n = ${last}`).length === 1);
  const heard = (await sql<{ n: number }[]>`select n from heard`).map((row) => row.n);
  expect(ascending(heard)).toEqual(ascending([...said, last]));

  expect(told).toEqual(['broken', 'mended', 'broken', 'mended', 'broken', 'mended']);
  const known = new Set([...live, ...(await Promise.all(looks)).flat()]);
  expect(ascending(known)).toEqual(ascending([...said, last]));
  expect(live).toHaveLength(new Set(live).size);
  await feed.stop();
  await reader.stop();
}, 60_000);

test('a slot that the server could not keep is seen in health, made anew, and the reader rebuilds', async () => {
  await start('1MB');
  let restarts = 0;
  const create = () =>
    createDurableReader({
      url: server.url,
      sql,
      name: 'lost',
      logger: silent,
      handle: async (tx, events) => void (await tx`insert into heard (n) select * from unnest(${numbers(events)}::integer[])`),
      restart: async (tx) => {
        restarts++;
        await tx`delete from heard`;
      },
    });
  const first = create();
  first.start();
  await until(() => first.state().status === 'running');
  await first.stop();
  const health = async () => (await slots(sql)).find((slot) => slot.name.startsWith('plaza_lost_'));
  await until(async () => {
    await sql`select pg_logical_emit_message(true, 'filler', repeat('x', 1000000)), pg_switch_wal()`;
    await sql`checkpoint`;
    return (await health())?.walStatus === 'lost';
  });

  const second = create();
  second.start();
  await until(() => second.state().status === 'running');
  expect(second.state().losses).toBe(1);
  expect(restarts).toBe(2);
  expect(await health()).toMatchObject({ active: true, walStatus: 'reserved' });
  await sql.begin((tx) => emitText(tx, 'plaza/person/1', '5'));
  await until(async () => (await sql`select from heard`).length === 1);
  await second.stop();
}, 60_000);

/** Commits wait for a replica of this name, which does not exist, so that others do not see them meanwhile; none with ''. */
async function waitForReplica(name: string): Promise<void> {
  await sql.unsafe(`alter system set synchronous_standby_names = '${name}'`);
  await sql`select pg_reload_conf()`;
  await until(async () => (await sql`select from pg_settings where name = 'synchronous_standby_names' and setting = ${name}`).length === 1);
}
/** Whether a commit waits for a replica: this session's, or anybody's. */
const waiting = async (pid: number | null) =>
  (await sql`select from pg_stat_activity where wait_event = 'SyncRep' and pid = coalesce(${pid}::int, pid)`).length > 0;
/** Each of the server's processes hears of the setting in its own time; commits wait once the checkpointer has. */
async function untilCommitsWait(): Promise<Promise<unknown>[]> {
  const probes: Promise<unknown>[] = [];
  await until(async () => {
    probes.push(sql`insert into probes values (1)`.execute());
    await new Promise((resolve) => setTimeout(resolve, 100));
    return await waiting(null);
  });
  return probes;
}

test('what is heard may not be seen yet, which can be waited for', async () => {
  await start();
  const heard: string[] = [];
  const newFeed = async () => {
    const feed = createFeed({ url: server.url, sql, logger: silent });
    feed.listen({ events: (batch) => heard.push(...batch.map((event) => event.bytes.toString())), broken() {}, mended() {} });
    await feed.start();
    return feed;
  };
  const [feed, stopped] = await Promise.all([newFeed(), newFeed()]);
  await sql.begin((tx) => emitText(tx, 'plaza/person/1', 'before'));
  await until(() => heard.length === 2);
  await feed.seen();

  await waitForReplica('nobody');
  const probes = await untilCommitsWait();
  const saying = sql.begin(async (tx) => {
    await tx`insert into said values (1)`;
    await emitText(tx, 'plaza/person/1', 'now');
  });
  await until(() => heard.length === 4);
  let seen = 0;
  const both = [feed.seen(), feed.seen()].map((one) => one.then(() => seen++));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([seen, await saidNow()]).toEqual([0, []]);
  const inVain = stopped.seen();
  await stopped.stop();
  await inVain;
  expect([seen, await saidNow()]).toEqual([0, []]);
  await waitForReplica('');
  await Promise.all(both);
  expect(await saidNow()).toEqual([1]);
  await Promise.all([saying, ...probes]);
  await feed.stop();
}, 60_000);

test('[L9] a change of access that is on disk but cannot be seen yet is held back, and all that follows it', async () => {
  await start();
  await sql`create table rights (n integer)`;
  const lines: string[] = [];
  const seen: Promise<boolean>[] = [];
  const allowed = async (by: Sql) => (await by`select from rights`).length === 1;
  const feed = createFeed({ url: server.url, sql, logger: silent });
  feed.listen({
    events(batch) {
      lines.push(...batch.map((event) => event.bytes.toString()));
      if (batch.some((event) => event.topic.kind === 'access')) seen.push(allowed(sql));
    },
    broken() {},
    mended() {},
  });
  const handled: boolean[] = [];
  const reader = createDurableReader({
    url: server.url,
    sql,
    name: 'seen',
    logger: silent,
    feed,
    handle: async (tx) => void handled.push(await allowed(tx)),
  });
  await feed.start();
  reader.start();
  await until(() => reader.state().status === 'running');

  await waitForReplica('nobody');
  const probes = await untilCommitsWait();
  let pid = 0;
  const committing = sql.begin(async (tx) => {
    await tx`insert into rights values (1)`;
    await emitText(tx, 'plaza/access', 'allowed');
    await until(async () => {
      const [row] = await tx<
        { pid: number; names: string }[]
      >`select pg_backend_pid() as pid, current_setting('synchronous_standby_names') as names`;
      pid = row?.pid ?? 0;
      return row?.names === 'nobody';
    });
  });
  await until(() => waiting(pid));
  await sql.begin(async (tx) => {
    await tx`set local synchronous_commit = 'local'`;
    await emitText(tx, 'plaza/person/1', 'after');
  });
  await until(async () => {
    const behind =
      await sql`select from pg_stat_replication where application_name like 'plaza-feed%' and sent_lsn < pg_current_wal_flush_lsn()`;
    return behind.length === 0;
  });
  for (let i = 0; i < 10; i++) expect(await allowed(sql)).toBe(false);
  expect([lines, handled]).toEqual([[], []]);

  await waitForReplica('');
  await Promise.all([committing, ...probes]);
  await until(() => lines.length === 2 && reader.state().handled === 2);
  expect(lines).toEqual(['allowed', 'after']);
  expect([...(await Promise.all(seen)), ...handled].every(Boolean)).toBe(true);
  await feed.stop();
  await reader.stop();
}, 60_000);

test('a slot is there once all that was committed before its beginning can be seen, however long that takes', async () => {
  await start();
  const { signal } = new AbortController();
  const replication = await openReplication(server.url, 'slot', signal);
  let looks = 0;
  const counted = {
    ...replication,
    query(text: string) {
      if (text.includes('pg_stat_activity')) looks++;
      return replication.query(text);
    },
  };
  const waitsFor = (pid: number) =>
    until(async () => (await sql`select where ${pid} = any(pg_blocking_pids(${replication.pid()}))`).length === 1);
  /** A transaction that writes until it is rolled back. */
  const writer = async () => {
    const connection = await sql.reserve();
    await connection`begin`;
    const [row] = await connection<{ pid: number }[]>`select pg_backend_pid() as pid, pg_current_xact_id()`;
    const end = async () => {
      await connection`rollback`;
      connection.release();
    };
    return { pid: row?.pid ?? 0, end };
  };
  // PostgreSQL waits for those that write as it begins, then for those that write by then; what begins later it does not wait for.
  const first = await writer();
  let isMade = false;
  const making = createSlot(counted, 'plaza_made', { temporary: true, sql, logger: silent, signal }).then(() => {
    isMade = true;
  });
  await waitsFor(first.pid);
  const second = await writer();
  await first.end();
  await waitsFor(second.pid);
  await waitForReplica('nobody');
  const probes = await untilCommitsWait();
  await until(
    async () =>
      (await sql`select from probes union all select from pg_stat_activity where wait_event = 'SyncRep'`).length === probes.length,
  );
  await second.end();
  await until(() => looks > 60 || isMade);
  expect(isMade).toBe(false);
  await waitForReplica('');
  await making;
  expect(await sql`select from probes`).toHaveLength(probes.length);
  await Promise.all(probes);
  replication.close();
}, 60_000);
