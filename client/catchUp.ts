import { asRefusal, type PlazaError } from '../contracts/errors.ts';
import type { Id } from '../contracts/nouns.ts';
import { limits } from '../contracts/wire.ts';
import { applyHead, type ChannelLog, isBehind, lastOf, type Range, restartedAt } from './channelLog.ts';
import type { Connection } from './connection.ts';
import type { Timers } from './timers.ts';

/** Joins a channel, and asks for what its log lacks until nothing is lacking (L8). */
export interface CatchUp {
  /** The connection is live: joins afresh, or from where the log ends. */
  live(): void;
  /** The log is like this now. */
  arrived(log: ChannelLog): void;
  /** The channel is said to get there. The event comes by itself, right after the answer; only if it does not, it is asked for. */
  expect(number: number, version: number): void;
}

export interface CatchUpSurroundings {
  me(): Id | null;
  log(): ChannelLog | null;
  onScreen(): Range | null;
  /** True where the channel may not be read any more. */
  hasLeft(): boolean;
  update(log: ChannelLog): void;
  /** The channel may not be joined. */
  refused(error: PlazaError): void;
}

const eventExpectedMs = 1000;
const retryMs = 1000;
const stalledMs = 100;
/** Who missed more messages than this is better served with the page that is looked at than with all of them. */
const mostMissed = 2000;

export function createCatchUp(channel: Id, connection: Connection, timers: Timers, surroundings: CatchUpSurroundings): CatchUp {
  const { me, log, onScreen, hasLeft, update, refused } = surroundings;
  // The log's last number when nothing was missing.
  let hadNumber = 0;
  let syncing = false;

  /** One question at a time: the answer to the next starts where this one ends. */
  async function sync(): Promise<void> {
    if (syncing || timers.isSet('sync')) return;
    syncing = true;
    try {
      for (let now = log(); now !== null && isBehind(now) && !hasLeft(); now = log()) {
        if (now.number - hadNumber > mostMissed) await restart(now);
        else await connection.ask({ type: 'sync', channel, since: now.version });
        if (log()?.version !== now.version) continue;
        // The feed may tell of a change just before readers can see it.
        timers.anew('sync', stalledMs, () => void sync());
        break;
      }
    } catch (error) {
      tryAgain('sync', asRefusal(error), () => void sync());
    } finally {
      syncing = false;
    }
  }

  /** Too much was missed to be told one by one: the page that is looked at anew, which is the last one if it was the last. */
  async function restart(now: ChannelLog): Promise<void> {
    hadNumber = now.number;
    const seen = onScreen();
    if (seen === null || (now.atEnd && seen.last >= lastOf(now))) {
      await connection.ask({ type: 'join', channel });
      sayHead({ number: now.number, version: now.seen });
      return;
    }
    const around = Math.floor((seen.first + seen.last) / 2);
    const page = await connection.ask({ type: 'page', channel, around, limit: limits.page });
    const known = log();
    if (page.type !== 'paged' || known === null || page.messages.length === 0) return;
    update(restartedAt(known, page, me()));
    await join();
  }

  async function join(since = log()?.version): Promise<void> {
    timers.clear('join');
    try {
      const answer = await connection.ask({ type: 'join', channel, ...(since === undefined ? {} : { since }) });
      // The server has less than we do: its database is not the one that we knew (L13).
      if (answer.type === 'joined' && answer.version < (since ?? 0)) await connection.ask({ type: 'join', channel });
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal.retryable) tryAgain('join', refusal, () => void join());
      else refused(refusal);
    }
  }

  /** After a refusal for a while. After a cut everything starts anew, and a refusal for good tells `left` by itself. */
  function tryAgain(name: string, { retryable, details }: PlazaError, work: () => void): void {
    if (retryable && connection.isLive()) timers.anew(name, details.retryAfter === undefined ? retryMs : details.retryAfter * 1000, work);
  }

  function sayHead(head: { number: number; version: number }): void {
    const known = log();
    if (known !== null) update(applyHead(known, head));
  }

  return {
    live() {
      timers.clear('sync');
      void join();
    },
    arrived(now) {
      if (isBehind(now)) void sync();
      else hadNumber = now.number;
    },
    expect(number, version) {
      timers.anew('expected', eventExpectedMs, () => sayHead({ number, version }));
    },
  };
}
