import { asRefusal, type ErrorCode, PlazaError, type RefusalDetails } from '../contracts/errors.ts';
import type { Id } from '../contracts/nouns.ts';
import { type ChannelLog, lastOf } from './channelLog.ts';
import type { Connection } from './connection.ts';
import type { Kept } from './kept.ts';
import type { Timers } from './timers.ts';

/** A message of one's own that is not in the log yet, drawn at once. */
export interface Pending {
  /** The client's own id for it; the message in the log carries the same. */
  key: string;
  body: string;
  replyTo?: number;
  createdAt: string;
  /** Committed as this number; the message itself is about to arrive. */
  number?: number;
  /** Refused: why. It stays until `retry` or `discard`. */
  refused?: PlazaError;
}

/** A message as it waits for the next page to send it on, by its key. */
export type Unsent = Omit<Pending, 'number' | 'refused'> & {
  channel: Id;
  refused?: { code: ErrorCode; message: string; details?: RefusalDetails };
};

export interface Outbox {
  /** What an earlier page left, and all since. */
  pending(): readonly Pending[];
  send(body: string, replyTo?: number): Promise<number>;
  retry(key: string): void;
  discard(key: string): void;
  /** Goes on after a cut. */
  live(): void;
  /** What the log holds is no longer pending. */
  arrived(log: ChannelLog, me: Id | null): void;
  /** Another epoch (L13): what was committed may be gone again, and its key tells. */
  forget(): void;
  /** True while something is on the way. */
  isBusy(): boolean;
  /** Nothing more is sent. */
  end(error: PlazaError): void;
}

/** Own messages are looked for among so many of the last ones; the number in the answer finds them anywhere. */
const lookedThrough = 200;
const longestWaitMs = 15_000;
const mostFailures = 5;
let keys = 0;

/**
 * Sends one channel's messages one after the other, each under its key until it is committed or refused. The next one
 * waits for the answer: so their order holds whatever is cut, refused for a while or repeated in between.
 */
export function createOutbox(
  channel: Id,
  connection: Connection,
  timers: Timers,
  kept: Kept<Unsent>,
  on: { pending(pending: readonly Pending[]): void; committed(number: number, version: number): void },
): Outbox {
  const outcomes = new Map<string, { resolve(number: number): void; reject(error: PlazaError): void }>();
  let pending: readonly Pending[] = Object.values(kept.all()).flatMap((one) => (one.channel === channel ? [fromKept(one)] : []));
  let sending = false;
  let failures = 0;
  let ended: PlazaError | null = null;

  function change(next: readonly Pending[]): void {
    // What ends with this client another one goes on with.
    if (ended === null) {
      for (const one of next) if (one.number === undefined && !pending.includes(one)) kept.put(one.key, toKept(channel, one));
      const waiting = new Set(next.flatMap(({ key, number }) => (number === undefined ? [key] : [])));
      for (const { key } of pending) if (!waiting.has(key)) kept.drop(key);
    }
    pending = next;
    on.pending(next);
  }

  const replace = (key: string, by: (one: Pending) => Pending) => change(pending.map((one) => (one.key === key ? by(one) : one)));
  const isWaiting = (one: Pending) => one.refused === undefined && one.number === undefined;

  function resolve(key: string, number: number): void {
    outcomes.get(key)?.resolve(number);
    outcomes.delete(key);
  }

  function refuse(key: string, error: PlazaError): void {
    replace(key, (one) => ({ ...one, refused: error }));
    outcomes.get(key)?.reject(error);
    outcomes.delete(key);
  }

  async function pump(): Promise<void> {
    if (sending) return;
    sending = true;
    timers.clear('send');
    for (let next = pending.find(isWaiting); next && connection.isLive(); next = pending.find(isWaiting)) {
      const { key, body, replyTo } = next;
      try {
        const answer = await connection.ask({ type: 'send', channel, key, body, ...(replyTo === undefined ? {} : { replyTo }) });
        if (answer.type !== 'ack') throw new PlazaError('internal');
        failures = 0;
        const { number, version } = answer;
        replace(key, (one) => ({ ...one, number }));
        resolve(key, number);
        on.committed(number, version);
      } catch (error) {
        const refusal = asRefusal(error);
        // What the server fails at again and again must not hold up the rest.
        if (!refusal.retryable || (refusal.code === 'internal' && failures >= mostFailures)) refuse(key, refusal);
        else {
          // After a cut `live` goes on sooner.
          const waitMs = refusal.details.retryAfter === undefined ? 500 * 2 ** failures++ : refusal.details.retryAfter * 1000;
          timers.anew('send', Math.min(waitMs, longestWaitMs), () => void pump());
          break;
        }
      }
    }
    sending = false;
  }

  return {
    pending: () => pending,
    send(body, replyTo) {
      if (ended) return Promise.reject(ended);
      const key = `${Date.now().toString(36)}-${(keys++).toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
      const outcome = new Promise<number>((resolve, reject) => outcomes.set(key, { resolve, reject }));
      // The state tells of a refusal as well; who does not wait for the number need not catch it.
      outcome.catch(() => {});
      change([...pending, { key, body, createdAt: new Date().toISOString(), ...(replyTo === undefined ? {} : { replyTo }) }]);
      void pump();
      return outcome;
    },
    retry(key) {
      const again = pending.find((one) => one.key === key && one.refused !== undefined);
      if (again === undefined || ended) return;
      const { refused: _, ...waiting } = again;
      change([...pending.filter((one) => one.key !== key), waiting]);
      void pump();
    },
    discard(key) {
      change(pending.filter((one) => one.key !== key));
      outcomes.get(key)?.reject(new PlazaError('conflict', 'The message was discarded before it was sent.'));
      outcomes.delete(key);
    },
    live() {
      failures = 0;
      void pump();
    },
    arrived(log, me) {
      if (pending.length === 0) return;
      const mine = log.messages.slice(-lookedThrough).filter((message) => message.author === me);
      const arrived = new Map(mine.flatMap(({ key, number }) => (key === null ? [] : [[key, number] as const])));
      // Where the window is elsewhere the answer is enough: the message is found when the window comes to it.
      const isHere = (number: number) => !log.atEnd || number <= lastOf(log);
      const left = pending.filter(({ key, number }) => !arrived.has(key) && (number === undefined || !isHere(number)));
      if (left.length === pending.length) return;
      // The event may be ahead of the answer, and a cut may come between them.
      for (const [key, number] of arrived) resolve(key, number);
      change(left);
    },
    forget() {
      if (pending.length > 0) change(pending.map(({ number: _, ...one }) => one));
    },
    isBusy: () => pending.some(isWaiting),
    end(error) {
      ended = error;
      for (const { key } of pending.filter(isWaiting)) refuse(key, error);
    },
  };
}

function toKept(channel: Id, { number: _, refused, ...one }: Pending): Unsent {
  return { channel, ...one, ...(refused && { refused: { code: refused.code, message: refused.message, details: refused.details } }) };
}

function fromKept({ channel: _, refused, ...one }: Unsent): Pending {
  return { ...one, ...(refused && { refused: new PlazaError(refused.code, refused.message, refused.details) }) };
}
