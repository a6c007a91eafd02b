import type { Id } from '../../../contracts/nouns.ts';
import type { FeedEvent } from '../../engines/feed/index.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import type { Logger } from '../../kit/log.ts';
import type { Metrics } from '../../kit/metrics.ts';
import { isId } from '../../kit/page.ts';

/** What one batch shows of one channel. A number of 0: none was posted. */
interface Shown {
  firstVersion: number;
  version: number;
  firstNumber: number;
  number: number;
}

/** The stored number where a log was first seen in its midst and nothing has been posted since. */
const unknown = -1;

/**
 * The counters' check, as a durable reader of the feed: that every channel's versions (L2, L6) and numbers (L1) leave
 * the feed one by one and in order. It keeps what it saw in `channel_tallies`, to be held against `channel_heads`. A log
 * whose beginning was not heard (loaded in bulk) is followed from where it first shows. What is wrong is logged and
 * counted, and the check goes on from there.
 */
export function createTally({ logger, metrics }: { logger: Logger; metrics: Metrics }) {
  const breaches = metrics.counter(
    'plaza_log_breaches_total',
    'Times that a version or number left the feed out of order, by the rule it broke.',
    ['rule'],
  );

  function expect(rule: 'L1' | 'L2', channel: Id, expected: number, found: number): void {
    if (expected === found) return;
    breaches.inc({ rule });
    logger.error({ rule, channel, expected, found }, 'The log of a channel is broken: the feed shows another count than expected.');
  }

  function gather(events: readonly FeedEvent[]): Map<Id, Shown> {
    const channels = new Map<Id, Shown>();
    for (const { topic } of events) {
      if (topic.kind !== 'channel' || !isId(topic.channel)) continue;
      const { channel, version, number } = topic;
      const shown = channels.get(channel);
      if (!shown) {
        channels.set(channel, { firstVersion: version, version, firstNumber: number, number });
        continue;
      }
      expect('L2', channel, shown.version + 1, version);
      shown.version = version;
      if (number === 0) continue;
      if (shown.number !== 0) expect('L1', channel, shown.number + 1, number);
      else shown.firstNumber = number;
      shown.number = number;
    }
    return channels;
  }

  async function handle(tx: Transaction, events: readonly FeedEvent[]): Promise<void> {
    const channels = gather(events);
    if (channels.size === 0) return;
    const shown = [...channels.values()];
    // One statement: the query beside the upsert still sees the rows as they were before it.
    const before = await tx<{ channel: Id; version: number; number: number }[]>`
      with moved as (
        insert into channel_tallies as tally (channel, version, number)
        select * from unnest(${[...channels.keys()]}::bigint[], ${shown.map((s) => s.version)}::integer[],
          ${shown.map((s) => s.number || (s.firstVersion === 1 ? 0 : unknown))}::integer[])
        on conflict (channel) do update set version = excluded.version,
          number = case when excluded.number > 0 then excluded.number else tally.number end
      )
      select channel, version, number from channel_tallies where channel = any(${[...channels.keys()]}::bigint[])`;
    const tallies = new Map(before.map((tally) => [tally.channel, tally]));
    for (const [channel, { firstVersion, firstNumber }] of channels) {
      const tally =
        tallies.get(channel) ?? (firstVersion === 1 ? { version: 0, number: 0 } : { version: firstVersion - 1, number: unknown });
      expect('L2', channel, tally.version + 1, firstVersion);
      if (firstNumber !== 0 && tally.number !== unknown) expect('L1', channel, tally.number + 1, firstNumber);
    }
  }

  return {
    name: 'tally',
    handle,
    // A second's messages would otherwise stand in memory, and grow old there.
    topicsOnly: true,
    // Nobody waits for a check, and a row is written for each channel of a batch: the larger, the fewer for each message.
    limits: { gatherMillis: 1_000, batchEvents: 20_000 },
    /** Of a new slot the past is not heard: every log is followed from where it shows next. */
    restart: async (tx: Transaction): Promise<void> => {
      await tx`delete from channel_tallies`;
    },
  };
}
