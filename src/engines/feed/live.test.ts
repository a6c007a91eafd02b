import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connect, type Pool } from '../postgres/index.ts';
import { type FreshDatabase, freshDatabase } from '../postgres/testing.ts';
import { emit, emitHint } from './emit.ts';
import { feedContract } from './feed.contract.ts';
import { createFeed, type FeedEvent } from './index.ts';
import { emitText, noOwnSlots, silent, until } from './testing.ts';

feedContract('the live feed', ({ url, sql }) => {
  const feed = createFeed({ url, sql, logger: silent });
  const heard: FeedEvent[][] = [];
  feed.listen({ events: (batch) => heard.push([...batch]), broken() {}, mended() {} });
  return { heard, start: feed.start, stop: feed.stop };
});

let database: FreshDatabase;
let sql: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 6, name: 'test' });
});
// The server lets go of a slot a moment after its reader has gone.
afterEach(() => noOwnSlots(sql));
afterAll(async () => {
  await sql.end();
  await database.drop();
});

/** Writes down what a listener is told, in order. */
function diary() {
  const lines: string[] = [];
  return {
    lines,
    events: (batch: readonly FeedEvent[]) => void lines.push(...batch.map((event) => event.bytes.toString())),
    broken: () => void lines.push('broken'),
    mended: () => void lines.push('mended'),
  };
}
const newFeed = (url = database.url) => createFeed({ url, sql, logger: silent });
const say = (text: string) => sql.begin((tx) => emitText(tx, 'plaza/person/1', text));
const cutOff = () => sql`select pg_terminate_backend(active_pid) from pg_replication_slots where database = current_database() and active`;

test('the door writes what the feed reads; hints need no transaction', async () => {
  const feed = newFeed();
  const heard: FeedEvent[] = [];
  feed.listen({ events: (batch) => heard.push(...batch), broken() {}, mended() {} });
  await feed.start();
  await sql.begin((tx) =>
    emit(tx, [
      { topic: { kind: 'person', person: '7' }, event: { type: 'read', channel: '5', number: 3 } },
      { topic: { kind: 'access' }, event: { type: 'access', channel: '5' } },
    ]),
  );
  await emitHint(sql, { topic: { kind: 'hint', about: '0' }, event: { type: 'presence', people: ['7'], online: true } });
  await until(() => heard.length === 3);
  expect(heard.map((event) => [event.topic, JSON.parse(event.bytes.toString())])).toEqual([
    [
      { kind: 'person', person: '7' },
      { type: 'read', channel: '5', number: 3 },
    ],
    [{ kind: 'access' }, { type: 'access', channel: '5' }],
    [
      { kind: 'hint', about: '0' },
      { type: 'presence', people: ['7'], online: true },
    ],
  ]);
  expect(feed.state()).toMatchObject({ live: true, events: 3, breaks: 0 });
  await feed.stop();
  expect(feed.state().live).toBe(false);
});

test('a listener that throws disturbs neither the feed nor other listeners; one that left hears no more', async () => {
  const feed = newFeed();
  const throwing = () => {
    throw new Error('a listener of the test');
  };
  const gone = diary();
  const other = diary();
  feed.listen({ events: throwing, broken: throwing, mended: throwing });
  const leave = feed.listen(gone);
  feed.listen(other);
  await feed.start();
  await say('one');
  await until(() => gone.lines.length === 1);
  leave();
  await cutOff();
  await until(() => other.lines.includes('mended'));
  await say('two');
  await until(() => other.lines.includes('two'));
  expect(other.lines).toEqual(['one', 'broken', 'mended', 'two']);
  expect(gone.lines).toEqual(['one']);
  await feed.stop();
});

test('a break is told once, also to who comes during it, and so is its mending', async () => {
  const feed = newFeed();
  const early = diary();
  const late = diary();
  feed.listen({
    ...early,
    broken() {
      early.broken();
      feed.listen(late);
    },
  });
  await feed.start();
  await cutOff();
  await until(() => early.lines.includes('mended'));
  await say('after');
  await until(() => late.lines.includes('after'));
  expect(early.lines).toEqual(['broken', 'mended', 'after']);
  expect(late.lines).toEqual(['broken', 'mended', 'after']);
  expect(feed.state().breaks).toBe(1);
  await feed.stop();
  expect(early.lines.at(-1)).toBe('after');
});

test('the start waits for running writers to end', async () => {
  const feed = newFeed();
  let started: Promise<void> | null = null;
  await sql.begin(async (tx) => {
    await tx`select pg_current_xact_id()`;
    started = feed.start();
    await until(
      async () =>
        (await sql`select from pg_replication_slots where database = current_database() and slot_name like 'plaza_live_%'`).length === 1,
    );
    expect(feed.state().live).toBe(false);
  });
  await started;
  expect(feed.state().live).toBe(true);
  await feed.stop();
});

test('stopping while the slot is being made leaves nothing behind', async () => {
  const feed = newFeed();
  await sql.begin(async (tx) => {
    await tx`select pg_current_xact_id()`;
    const started = expect(feed.start()).rejects.toThrow('stopped before');
    await until(async () => (await sql`select from pg_replication_slots where database = current_database() and temporary`).length === 1);
    await feed.stop();
    await started;
    await until(async () => (await sql`select from pg_replication_slots where database = current_database()`).length === 0);
  });
});

test('stopping while connecting is possible, whatever answers or does not', async () => {
  const mute = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const address = mute.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  for (const url of [`postgres://x:y@127.0.0.1:${port}/z`, 'postgres://x:y@127.0.0.1:1/z']) {
    const feed = newFeed(url);
    const started = expect(feed.start()).rejects.toThrow('stopped before');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await feed.stop();
    await started;
  }
  await new Promise((resolve) => mute.close(resolve));
});

test('a stopped feed lets go of its slot', async () => {
  const feed = newFeed();
  await feed.start();
  await feed.stop();
  await until(async () => (await sql`select from pg_replication_slots where database = current_database()`).length === 0);
});
