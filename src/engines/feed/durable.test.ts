import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, type Pool, type Transaction } from '../postgres/index.ts';
import { type FreshDatabase, freshDatabase } from '../postgres/testing.ts';
import { feedContract } from './feed.contract.ts';
import { createDurableReader, type DurableReader, type DurableReaderDeps, type FeedEvent, slots } from './index.ts';
import { emitText, silent, until } from './testing.ts';

const running = (reader: DurableReader) => until(() => reader.state().status === 'running');

feedContract('a durable reader', ({ url, sql }) => {
  const heard: FeedEvent[][] = [];
  const handle = async (_tx: Transaction, events: readonly FeedEvent[]) => void heard.push([...events]);
  const reader = createDurableReader({ url, sql, name: 'contract', logger: silent, handle });
  return {
    heard,
    async start() {
      reader.start();
      await running(reader);
    },
    stop: reader.stop,
  };
});

let database: FreshDatabase;
let sql: Pool;
let readers: DurableReader[] = [];
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 10, name: 'test' });
  await sql`create table heard (place bigserial primary key, text text not null)`;
});
beforeEach(() => sql`truncate heard`);
afterEach(async () => {
  await Promise.all(readers.map((reader) => reader.stop()));
  readers = [];
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

/** The effect of the readers under test: one row an event. */
async function write(tx: Transaction, events: readonly FeedEvent[]): Promise<void> {
  await tx`insert into heard (text) select * from unnest(${events.map((event) => event.bytes.toString())}::text[])`;
}
function newReader(name: string, more: Partial<DurableReaderDeps> = {}): DurableReader {
  const reader = createDurableReader({ url: database.url, sql, name, logger: silent, handle: write, ...more });
  readers.push(reader);
  return reader;
}
const say = (...texts: string[]) =>
  sql.begin(async (tx) => {
    for (const text of texts) await emitText(tx, 'plaza/person/1', text);
  });
const heard = async () => (await sql<{ text: string }[]>`select text from heard order by place`).map((row) => row.text);
const hasHeard = (...texts: string[]) => until(async () => (await heard()).length >= texts.length);

test('after a pause it goes on where it stopped', async () => {
  const first = newReader('pause');
  first.start();
  await running(first);
  await say('one');
  await hasHeard('one');
  await first.stop();
  await say('two');
  await say('three');
  const second = newReader('pause');
  second.start();
  await say('four');
  await hasHeard('one', 'two', 'three', 'four');
  expect(await heard()).toEqual(['one', 'two', 'three', 'four']);
});

test('a slot left behind its stored position brings nothing twice', async () => {
  const reader = newReader('behind');
  reader.start();
  await running(reader);
  const [slot] = await slots(sql);
  await say('one');
  await hasHeard('one');
  // Cut off before it could tell the server how far it is.
  await sql`select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = ${slot?.name ?? ''}`;
  await say('two');
  await hasHeard('one', 'two');
  expect(await heard()).toEqual(['one', 'two']);
});

test('killed at any moment, its effects happen exactly once and in order', async () => {
  const script = fileURLToPath(new URL('./readerProcess.ts', import.meta.url));
  const start = (): ChildProcess => spawn(process.execPath, [script, database.url, 'killed'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let child = start();
  await once(child.stdout ?? child, 'data');
  let said = 0;
  let done = false;
  const saying = (async () => {
    while (!done) await say(String(said++));
  })();
  for (let kills = 0; kills < 3; kills++) {
    const before = (await heard()).length;
    await until(async () => (await heard()).length > before + 20 * Math.random());
    child.kill('SIGKILL');
    await once(child, 'exit');
    child = start();
  }
  done = true;
  await saying;
  await until(async () => (await heard()).length >= said);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await heard()).toEqual(Array.from({ length: said }, (_, i) => String(i)));
});

test('one reads, the other takes over when it goes', async () => {
  const first = newReader('shared');
  const second = newReader('shared');
  first.start();
  await running(first);
  second.start();
  await until(() => second.state().status === 'waiting');
  await say('one');
  await hasHeard('one');
  await first.stop();
  await say('two');
  await hasHeard('one', 'two');
  expect(await heard()).toEqual(['one', 'two']);
  // What it wrote is seen before it has the answer.
  await until(() => second.state().handled > 0);
  expect([first.state(), second.state()]).toMatchObject([
    { status: 'stopped', handled: 1 },
    { status: 'running', handled: 1 },
  ]);
});

test('a transaction that cannot be handled is kept apart; those around it take effect', async () => {
  const reader = newReader('poison', {
    limits: { tries: 2, retryMillis: 1 },
    async handle(tx, events) {
      await write(tx, events);
      if (events.some((event) => event.bytes.toString() === 'poison')) throw new Error('cannot be handled');
    },
  });
  // A batch forms while the first call is held up.
  reader.start();
  await running(reader);
  const said = Array.from({ length: 40 }, (_, i) => (i === 17 ? ['good', 'poison'] : [`${i}`]));
  await Promise.all(said.slice(0, 17).map((texts) => say(...texts)));
  await say('good', 'poison');
  await Promise.all(said.slice(18).map((texts) => say(...texts)));
  await until(() => reader.state().handled === 39 && reader.state().status === 'running');
  expect((await heard()).toSorted()).toEqual(
    said
      .filter((texts) => texts.length === 1)
      .flat()
      .toSorted(),
  );
  const letters =
    await sql`select reader, prefix, place, convert_from(content, 'UTF8') as text, error from feed_dead_letters order by place`;
  expect(letters.map((letter) => ({ ...letter }))).toEqual(
    ['good', 'poison'].map((text, place) => ({
      reader: 'poison',
      prefix: 'plaza/person/1',
      place,
      text,
      error: 'Error: cannot be handled',
    })),
  );
  expect(reader.state().buried).toBe(1);
});

test('what says nothing about the events is tried until it passes', async () => {
  let refusals = 0;
  const reader = newReader('deadlock', {
    limits: { tries: 1, retryMillis: 1 },
    async handle(tx, events) {
      await write(tx, events);
      if (refusals++ < 5) await tx.unsafe(`do $$ begin raise exception 'deadlock' using errcode = '40P01'; end $$`);
    },
  });
  reader.start();
  await running(reader);
  await say('one');
  await until(() => reader.state().handled > 0);
  expect(await heard()).toEqual(['one']);
  expect(reader.state()).toMatchObject({ buried: 0, handled: 1 });
});

test('batches are bounded, but a transaction is never split', async () => {
  const sizes: number[] = [];
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const reader = newReader('batches', {
    limits: { batchEvents: 10 },
    async handle(_tx, events) {
      sizes.push(events.length);
      await held;
    },
  });
  reader.start();
  await running(reader);
  await say('first');
  await until(() => sizes.length === 1);
  for (let i = 0; i < 12; i++) await say('a', 'b', 'c');
  await say(...Array.from({ length: 25 }, () => 'many'));
  await say('last');
  letGo();
  await until(() => reader.state().handled === 63);
  expect(sizes).toContain(25);
  expect(sizes.every((size) => size <= 10 || size === 25)).toBe(true);
  // Several transactions were handled at once.
  expect(Math.max(...sizes.filter((size) => size <= 10))).toBeGreaterThan(3);
});

test('a reader that gathers waits for a full batch, and not any longer', async () => {
  const sizes: number[] = [];
  const reader = newReader('gathering', {
    // Much longer than this test may take.
    limits: { batchEvents: 10, gatherMillis: 600_000 },
    handle: async (_tx, events) => void sizes.push(events.length),
  });
  reader.start();
  await running(reader);
  for (let batch = 1; batch <= 2; batch++) {
    for (let i = 0; i < 5; i++) await say('a', 'b');
    await until(() => reader.state().handled === 10 * batch);
  }
  expect(sizes).toEqual([10, 10]);
});

test('a slow handler makes the server wait, not memory grow', async () => {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let handled = 0;
  const reader = newReader('slow', {
    limits: { waitingBytes: 1_000_000 },
    async handle(_tx, events) {
      await held;
      handled += events.length;
    },
  });
  reader.start();
  await running(reader);
  const before = process.memoryUsage();
  for (let i = 0; i < 100; i++) await sql`select pg_logical_emit_message(true, 'plaza/person/1', repeat('x', 1000000))`;
  // All of it is on disk; what was read is what fitted.
  await until(async () => (await slots(sql)).some((slot) => slot.name.startsWith('plaza_slow_') && slot.lagBytes > 90_000_000));
  const { arrayBuffers } = process.memoryUsage();
  expect(arrayBuffers - before.arrayBuffers).toBeLessThan(30_000_000);
  letGo();
  await until(() => handled === 100);
});

test('a new slot begins with a restart; one whose beginning was cut short does so too', async () => {
  let restarts = 0;
  const more = {
    async restart(tx: Transaction) {
      restarts++;
      await tx`delete from heard`;
    },
  };
  const first = newReader('anew', more);
  first.start();
  await running(first);
  await say('one');
  await hasHeard('one');
  await first.stop();
  expect(restarts).toBe(1);

  const second = newReader('anew', more);
  second.start();
  await running(second);
  await second.stop();
  expect(restarts).toBe(1);
  expect(await heard()).toEqual(['one']);

  await sql`delete from feed_positions where reader = 'anew'`;
  const third = newReader('anew', more);
  third.start();
  await running(third);
  await third.stop();
  expect(restarts).toBe(2);

  const [slot] = (await slots(sql)).filter(({ name }) => name.startsWith('plaza_anew_'));
  await until(
    async () =>
      (await sql`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ${slot?.name ?? ''} and not active`)
        .length === 1,
  );
  const fourth = newReader('anew', more);
  fourth.start();
  await running(fourth);
  expect(restarts).toBe(3);
  await say('two');
  await hasHeard('two');
  expect(await heard()).toEqual(['two']);
});

test('a position that is taken away is noticed', async () => {
  let restarts = 0;
  const reader = newReader('robbed', { restart: async () => void restarts++ });
  reader.start();
  await running(reader);
  await sql`delete from feed_positions where reader = 'robbed'`;
  await say('one');
  await until(() => restarts === 2);
  await say('two');
  await until(async () => (await heard()).includes('two'));
});

test('health shows each slot', async () => {
  const reader = newReader('shown');
  reader.start();
  await running(reader);
  const shown = (await slots(sql)).find((slot) => slot.name.startsWith('plaza_shown_'));
  expect(shown).toMatchObject({ active: true, walStatus: 'reserved' });
  expect(shown?.retainedBytes).toBeGreaterThanOrEqual(0);
});
