import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Topic } from '../../../contracts/events.ts';
import { createDurableReader, type DurableReader, type FeedEvent } from '../../engines/feed/index.ts';
import { connect, type Pool } from '../../engines/postgres/index.ts';
import { type FreshDatabase, freshDatabase } from '../../engines/postgres/testing.ts';
import { createLogger } from '../../kit/log.ts';
import { createMetrics, type Metrics } from '../../kit/metrics.ts';
import { createTally } from './tally.ts';

const logger = createLogger({ level: 'silent', format: 'json' });
let database: FreshDatabase;
let sql: Pool;
let metrics: Metrics;
let tally: ReturnType<typeof createTally>;
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 4, name: 'test' });
});
beforeEach(async () => {
  await sql`delete from channel_tallies`;
  metrics = createMetrics({ process: false });
  tally = createTally({ logger, metrics });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

/** `[channel, version, number]` of each event of a batch. */
type Event = readonly [channel: number, version: number, number: number];
const topic = ([channel, version, number]: Event): Topic => ({ kind: 'channel', channel: String(channel), version, number });
const handle = (...events: Event[]) =>
  sql.begin((tx) =>
    tally.handle(
      tx,
      events.map((event): FeedEvent => ({ topic: topic(event), bytes: Buffer.from('{}') })),
    ),
  );
const tallies = async () =>
  (await sql`select channel::int, version, number from channel_tallies order by channel`).map((row) => [
    row['channel'],
    row['version'],
    row['number'],
  ]);
const breaches = async () =>
  [...(await metrics.expose()).text.matchAll(/^plaza_log_breaches_total\{rule="(L\d)"\} (\d+)/gm)].map(
    ([, rule, count]) => `${rule} ${count}`,
  );

test('[L1] [L2] a log in order moves the tally and breaks nothing', async () => {
  await handle([1, 1, 1], [2, 1, 0], [1, 2, 2], [2, 2, 1], [1, 3, 0]);
  await handle([1, 4, 3], [2, 3, 0]);
  await handle([2, 4, 2]);
  expect(await tallies()).toEqual([
    [1, 4, 3],
    [2, 4, 2],
  ]);
  expect(await breaches()).toEqual([]);
});

test('[L2] a version left out, repeated or out of order is a breach, within a batch and between batches', async () => {
  await handle([1, 1, 0], [1, 3, 0]);
  await handle([1, 3, 0]);
  await handle([1, 5, 0], [1, 4, 0]);
  expect(await breaches()).toEqual(['L2 4']);
  await handle([1, 5, 0]);
  expect(await breaches()).toEqual(['L2 4']);
});

test('[L1] a number left out or repeated is a breach, within a batch and between batches', async () => {
  await handle([1, 1, 1], [1, 2, 3]);
  await handle([1, 3, 3]);
  await handle([1, 4, 0], [1, 5, 5]);
  await handle([2, 1, 2]);
  expect(await breaches()).toEqual(['L1 4']);
  expect(await tallies()).toEqual([
    [1, 5, 5],
    [2, 1, 2],
  ]);
});

test('a log first seen in its midst is followed from there', async () => {
  await handle([1, 700, 0]);
  await handle([1, 701, 0], [1, 702, 650]);
  await handle([1, 703, 651], [2, 90, 80], [2, 91, 81]);
  expect(await breaches()).toEqual([]);
  await handle([1, 704, 653]);
  expect(await breaches()).toEqual(['L1 1']);
});

test('as a reader of the feed it follows real transactions', async () => {
  const reader: DurableReader = createDurableReader({ url: database.url, sql, logger, ...tally });
  reader.start();
  while (reader.state().status !== 'running') await new Promise((resolve) => setTimeout(resolve, 5));
  for (let n = 1; n <= 20; n++) await sql`select pg_logical_emit_message(true, ${`plaza/channel/9/${n}/${n}`}, '{}')`;
  await sql`select pg_logical_emit_message(true, 'plaza/access', '{}')`;
  while (reader.state().handled < 21) await new Promise((resolve) => setTimeout(resolve, 5));
  await reader.stop();
  expect(await tallies()).toEqual([[9, 20, 20]]);
  expect(await breaches()).toEqual([]);
});
