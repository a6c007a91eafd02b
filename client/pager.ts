import { PlazaError } from '../contracts/errors.ts';
import type { Id } from '../contracts/nouns.ts';
import { limits, type ServerFrame } from '../contracts/wire.ts';
import { type ChannelLog, lastOf } from './channelLog.ts';
import type { Connection } from './connection.ts';

/** Where a channel is opened: a message, the first unread one, or the last ones. */
export type At = number | 'unread' | 'end';

/** Moves a channel's window. @throws PlazaError the refusal, or `unavailable` while not connected */
export interface Pager {
  older(limit?: number): Promise<boolean>;
  newer(limit?: number): Promise<boolean>;
  goTo(number: number): Promise<boolean>;
  toEnd(): Promise<void>;
  standAt(at: At): Promise<void>;
}

type Paged = Extract<ServerFrame, { type: 'paged' }>;

const usualPage = 50;
const lastNumber = 2_147_483_647;

/**
 * @param log as it is now
 * @param apply takes a page; with `target` the window shall stand there, or stay at the end
 */
export function createPager(
  channel: Id,
  connection: Connection,
  log: () => ChannelLog | null,
  apply: (frame: Paged, target?: number | 'end') => void,
): Pager {
  const asking = new Map<string, Promise<boolean>>();
  // Whoever jumps last decides, whatever order the answers come in.
  let jumps = 0;

  async function page(place: { before: number } | { after: number } | { around: number }, limit: number): Promise<Paged> {
    const answer = await connection.ask({ type: 'page', channel, ...place, limit });
    if (answer.type !== 'paged') throw new PlazaError('internal');
    return answer;
  }

  /** Scrolling asks again and again: one question at a time each way. */
  function once(way: string, work: () => Promise<boolean>): Promise<boolean> {
    const now = asking.get(way) ?? work().finally(() => asking.delete(way));
    asking.set(way, now);
    return now;
  }

  function holds(number: number): boolean {
    const now = log();
    return now !== null && number >= now.first && number <= lastOf(now);
  }

  async function goTo(number: number): Promise<boolean> {
    const jump = ++jumps;
    if (holds(number)) return true;
    if (!Number.isInteger(number) || number < 1 || number > lastNumber) return false;
    const frame = await page({ around: number }, usualPage);
    if (!frame.messages.some((message) => message.number === number)) return false;
    if (jump === jumps) apply(frame, number);
    return true;
  }

  async function toEnd(): Promise<void> {
    const jump = ++jumps;
    const start = log();
    if (start === null || start.atEnd) return;
    const frame = await page({ before: start.number + 1 }, usualPage);
    if (jump === jumps) apply(frame, 'end');
    // What was posted meanwhile.
    for (let now = log(); jump === jumps && now !== null && !now.atEnd; now = log()) {
      const more = await page({ after: lastOf(now) }, limits.page);
      if (more.messages.length === 0) return;
      apply(more);
    }
  }

  return {
    goTo,
    toEnd,
    older: (limit = usualPage) =>
      once('older', async () => {
        const first = log()?.first ?? 1;
        if (first <= 1) return false;
        const frame = await page({ before: first }, limit);
        apply(frame);
        return frame.messages.length > 0;
      }),
    newer: (limit = usualPage) =>
      once('newer', async () => {
        const now = log();
        if (now === null || now.atEnd) return false;
        const frame = await page({ after: lastOf(now) }, limit);
        apply(frame);
        return frame.messages.length > 0;
      }),
    async standAt(at) {
      const now = log();
      if (typeof at === 'number') await goTo(at);
      else if (at === 'unread' && now !== null && now.read < now.number) await goTo(now.read + 1);
      else await toEnd();
    },
  };
}
