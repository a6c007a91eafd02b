import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connect, type Pool } from '../postgres/index.ts';
import { type FreshDatabase, freshDatabase } from '../postgres/testing.ts';
import { emitHint } from './emit.ts';
import { feedContract } from './feed.contract.ts';
import { createDurableReader, createFeed, type DurableReader, type DurableReaderDeps, type Feed, type FeedEvent } from './index.ts';
import { openReplication } from './replication.ts';
import { createSlot } from './slots.ts';
import { emitText, noOwnSlots, silent, until } from './testing.ts';

feedContract('a live feed that a durable reader carries', ({ url, sql }) => {
  const feed = createFeed({ url, sql, logger: silent });
  const heard: FeedEvent[][] = [];
  feed.listen({ events: (batch) => heard.push([...batch]), broken() {}, mended() {} });
  const reader = createDurableReader({ url, sql, name: 'carrying', logger: silent, feed, handle: async () => {} });
  return {
    heard,
    async start() {
      await feed.start();
      reader.start();
      await noOwnSlots(sql);
    },
    async stop() {
      await feed.stop();
      await reader.stop();
    },
  };
});

let database: FreshDatabase;
let sql: Pool;
const stops: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 10, name: 'test' });
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  // The server lets go of a slot a moment after its reader has gone.
  await noOwnSlots(sql);
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

function newFeed(logger = silent): { feed: Feed; lines: string[] } {
  const feed = createFeed({ url: database.url, sql, logger });
  const lines: string[] = [];
  feed.listen({
    events: (batch) => void lines.push(...batch.map((event) => event.bytes.toString())),
    broken: () => void lines.push('broken'),
    mended: () => void lines.push('mended'),
  });
  stops.push(feed.stop);
  return { feed, lines };
}
function newReader(name: string, feed: Feed, more: Partial<DurableReaderDeps> = {}): DurableReader {
  const reader = createDurableReader({ url: database.url, sql, name, logger: silent, feed, handle: async () => {}, ...more });
  stops.push(reader.stop);
  return reader;
}
const say = (text: string) => sql.begin((tx) => emitText(tx, 'plaza/person/1', text));
/** Says one number after the other until it is stopped; answers how many. */
function keepSaying(): { stop(): Promise<number> } {
  let said = 0;
  let done = false;
  const saying = (async () => {
    while (!done) {
      await say(String(said++));
      // A reader can keep up, on a busy machine too.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const stop = async () => {
    done = true;
    await saying;
    return said;
  };
  stops.unshift(stop);
  return { stop };
}
const upTo = (count: number) => Array.from({ length: count }, (_, i) => String(i));
/** Those of this database whose readers have said that they are as far as that. */
const walSenders = async (read = '0/0') =>
  (
    await sql`
      select from pg_stat_replication r join pg_stat_activity a using (pid)
      where a.datname = current_database() and r.application_name like 'plaza-feed%' and coalesce(r.write_lsn, '0/0') >= ${read}::pg_lsn`
  ).length;

test('one stream serves both, transactions and hints; before and after nothing is missed or doubled', async () => {
  const { feed, lines } = newFeed();
  await feed.start();
  const saying = keepSaying();
  await until(() => lines.length > 5);
  const reader = newReader('both', feed);
  reader.start();
  await noOwnSlots(sql);
  await until(async () => (await walSenders()) === 1);
  const before = lines.length;
  await until(() => lines.length > before + 20);
  const said = await saying.stop();
  await until(() => lines.length === said);
  expect(lines).toEqual(upTo(said));
  await emitHint(sql, { topic: { kind: 'hint', about: '0' }, event: { type: 'presence', people: ['7'], online: true } });
  await until(() => lines.length === said + 1);
  await until(() => reader.state().handled > 0);
  expect(feed.state()).toMatchObject({ live: true, breaks: 0, events: said + 1 });
});

/** Carries the feed with what a slot of its own gives, as late as it is told. */
async function lateCarrier(feed: Feed, paused = false) {
  const gone = new AbortController();
  const replication = await openReplication(database.url, 'late', gone.signal);
  const slot = `plaza_late_${randomBytes(8).toString('hex')}`;
  const from = await createSlot(replication, slot, { temporary: true, sql, logger: silent, signal: gone.signal });
  const carrier = feed.carriedBy(from, () => paused);
  let kept: (() => void)[] | null = null;
  let handedOn = 0;
  const handOn = (what: () => void) => (kept ? kept.push(what) : what());
  const streaming = replication.stream(slot, from, {
    started() {},
    transaction(transaction) {
      handOn(() => carrier.transaction(transaction));
      handedOn++;
    },
    hint: (event, end) => handOn(() => carrier.hint(event, end)),
    idle: (walEnd) => handOn(() => carrier.idle(walEnd)),
  });
  const stop = async () => {
    gone.abort();
    await streaming.catch(() => {});
  };
  stops.unshift(stop);
  return {
    carrier,
    keepBack() {
      kept ??= [];
    },
    resume() {
      paused = false;
    },
    handedOn: () => handedOn,
    /** So many of what was kept back; all of it, and all that comes, unless told. */
    giveUp(count = Number.POSITIVE_INFINITY) {
      for (const what of kept?.splice(0, count) ?? []) what();
      if (count === Number.POSITIVE_INFINITY) kept = null;
    },
    stop,
  };
}
const ownSlots = async () =>
  (await sql`select from pg_replication_slots where database = current_database() and slot_name like 'plaza_live_%' and active`).length;

test('a stream that has something before the other one gives it only when nothing is missing before it', async () => {
  const { feed, lines } = newFeed();
  await feed.start();
  const late = await lateCarrier(feed);
  await until(async () => (await ownSlots()) === 0);
  late.keepBack();
  for (const text of ['0', '1', '2']) await say(text);
  expect(lines).toEqual([]);
  let released = false;
  const releasing = late.carrier.release().then(() => {
    released = true;
  });
  await until(async () => (await ownSlots()) === 1);
  // The own stream begins here and hears this at once; what came before it is still on its way.
  for (const text of ['3', '4']) await say(text);
  const [{ end }] = await sql<[{ end: string }]>`select pg_current_wal_flush_lsn()::text as end`;
  await until(async () => (await walSenders(end)) === 1);
  expect([lines, released]).toEqual([[], false]);
  late.giveUp(2);
  expect(lines).not.toContain('4');
  late.giveUp();
  await until(() => lines.length === 5);
  await releasing;
  await late.stop();
  await say('5');
  await until(() => lines.length === 6);
  expect(lines).toEqual(upTo(6));
  expect(feed.state().breaks).toBe(0);
});

test('[L10] a reader that has paused does not carry, however far it is', async () => {
  const { feed, lines } = newFeed();
  await feed.start();
  const late = await lateCarrier(feed, true);
  for (const text of ['0', '1', '2']) await say(text);
  await until(() => lines.length === 3 && late.handedOn() === 3);
  expect(await ownSlots()).toBe(1);
  late.resume();
  await say('3');
  await until(async () => (await ownSlots()) === 0);
  await say('4');
  await until(() => lines.length === 5);
  expect(lines).toEqual(upTo(5));
  expect(feed.state().breaks).toBe(0);
});

test('hints and transactions that stand side by side in the log are all heard, once and in order', async () => {
  const { feed, lines } = newFeed();
  await feed.start();
  const late = await lateCarrier(feed);
  for (const carried of [true, false]) {
    await until(async () => (await ownSlots()) === (carried ? 0 : 1));
    const before = lines.length;
    for (let i = 0; i < 20; i++) {
      // One connection in one go: nothing else comes between the records.
      await sql.unsafe(
        `select pg_logical_emit_message(false, 'plaza/hint/1', 'hint ${i}'), pg_logical_emit_message(true, 'plaza/person/1', 'event ${i}')`,
      );
      await sql.begin(async (tx) => {
        await emitText(tx, 'plaza/person/1', `later ${i}`);
        await tx`select pg_logical_emit_message(false, 'plaza/hint/1', ${`hint before its commit ${i}`})`;
      });
    }
    await until(() => lines.length >= before + 80);
    const expected = Array.from({ length: 20 }, (_, i) => [`hint ${i}`, `event ${i}`, `hint before its commit ${i}`, `later ${i}`]);
    expect(lines.slice(before)).toEqual(expected.flat());
    if (carried) {
      await late.carrier.release();
      await late.stop();
    }
  }
});

test('a reader that ends leaves the feed broken for a moment, and the next one carries it again', async () => {
  const { feed, lines } = newFeed();
  await feed.start();
  const saying = keepSaying();
  for (let lives = 1; lives <= 3; lives++) {
    const reader = newReader('ending', feed);
    reader.start();
    await noOwnSlots(sql);
    const before = lines.length;
    await until(() => lines.length > before + 10);
    if (lives < 3) await reader.stop();
    else await sql`select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name like 'plaza_ending_%' and active`;
    await until(() => feed.state().breaks === lives && feed.state().live);
  }
  await noOwnSlots(sql);
  const said = await saying.stop();
  await until(() => lines.includes(String(said - 1)));
  expect(lines.filter((line) => Number.isNaN(Number(line)))).toEqual(['broken', 'mended', 'broken', 'mended', 'broken', 'mended']);
  // What was missed was committed while it was broken; all else came once and in order.
  const heard = lines.filter((line) => !Number.isNaN(Number(line))).map(Number);
  expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
  for (const [i, line] of lines.entries()) {
    const next = lines[i + 1];
    if (next !== undefined && Number(line) >= 0 && Number(next) >= 0) expect(Number(next)).toBe(Number(line) + 1);
  }
});

test('[L10] a reader too slow for what is written keeps nobody waiting, and misses nothing itself, again and again', async () => {
  let streams = 0;
  let carryings = 0;
  const { feed, lines } = newFeed(Object.assign(Object.create(silent), { info: () => void streams++, debug: () => void carryings++ }));
  await feed.start();
  let held = Promise.resolve();
  const handled: string[] = [];
  const reader = newReader('overtaken', feed, {
    limits: { waitingBytes: 20_000, batchEvents: 10 },
    async handle(_tx, events) {
      await held;
      handled.push(...events.map((event) => event.bytes.toString()));
    },
  });
  reader.start();
  await noOwnSlots(sql);
  const writers = Array.from({ length: 4 }, keepSaying);
  for (let times = 1; times <= 4; times++) {
    let letGo = () => {};
    held = new Promise((resolve) => {
      letGo = resolve;
    });
    // Far more than may wait: the feed goes on, and has a stream of its own at the latest when the reader's transaction has ended.
    const before = lines.length;
    await until(() => lines.length > before + 200);
    letGo();
    await until(() => streams === times + 1 && carryings === times + 1);
  }
  const said = (await Promise.all(writers.map((writer) => writer.stop()))).flatMap(upTo).toSorted();
  await until(() => lines.length === said.length && handled.length === said.length);
  expect(lines.toSorted()).toEqual(said);
  // Both have it in the order of the log.
  expect(handled).toEqual(lines);
  expect(feed.state()).toMatchObject({ live: true, breaks: 0 });
});

test('a reader with a long way to go carries the feed once it has come there', async () => {
  const { feed, lines } = newFeed();
  await feed.start();
  const first = newReader('late', feed);
  first.start();
  await noOwnSlots(sql);
  await first.stop();
  await until(() => feed.state().live && lines.includes('mended'));
  for (let i = 0; i < 200; i++) await say(`while it was away ${i}`);
  await until(() => lines.length === 202);
  const handled: string[] = [];
  const second = newReader('late', feed, {
    limits: { batchEvents: 10 },
    handle: async (_tx, events) => void handled.push(...events.map((event) => event.bytes.toString())),
  });
  second.start();
  await noOwnSlots(sql);
  await say('now');
  await until(() => lines.includes('now') && handled.includes('now'));
  expect(handled).toHaveLength(201);
  expect(lines.slice(2)).toEqual([...handled]);
});

test('of several readers one carries', async () => {
  const { feed, lines } = newFeed();
  await feed.start();
  const first = newReader('several', feed);
  first.start();
  await noOwnSlots(sql);
  const second = newReader('others', feed);
  second.start();
  await until(() => second.state().status === 'running');
  await say('one');
  await until(() => lines.length === 1);
  await second.stop();
  await say('two');
  await until(() => lines.length === 2);
  expect(lines).toEqual(['one', 'two']);
  expect(feed.state().breaks).toBe(0);
});

test('it can be stopped in the moment in which it is carried', async () => {
  let stopped: Promise<void> | null = null;
  const debug = () => {
    stopped ??= feed.stop();
  };
  const { feed } = newFeed(Object.assign(Object.create(silent), { debug }));
  await feed.start();
  newReader('stopping', feed).start();
  await until(() => stopped !== null);
  await stopped;
  expect(feed.state().live).toBe(false);
});
