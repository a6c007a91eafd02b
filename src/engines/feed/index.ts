import type { Topic } from '../../../contracts/events.ts';
import type { FeedTransaction } from './decoder.ts';
import type { Lsn } from './lsn.ts';

export { createDurableReader, type DurableReader, type DurableReaderDeps } from './durable.ts';
export { createFeed } from './live.ts';
export { slots } from './slots.ts';

/** One event as it came out of the write-ahead log: where it goes, and the bytes that clients get. */
export interface FeedEvent {
  topic: Topic;
  bytes: Buffer;
}

/**
 * Someone who hears the live feed. Calls come in commit order and must not throw or wait; a transaction's events come
 * in one call. A transaction that changes somebody's access is heard only once every new query sees it (L9); others
 * may be heard a moment before: who looks up more about what was heard waits for `seen`.
 */
export interface FeedListener {
  events(batch: readonly FeedEvent[]): void;
  /** The feed broke (database restart, slot lost): from here on anything may be missed. Who begins to listen then is told at once. */
  broken(): void;
  /** It runs again: every commit after this call will be heard. Look up what moved in between. */
  mended(): void;
}

export interface FeedState {
  live: boolean;
  /** Bytes of write-ahead log that the database has and this reader has not seen yet. */
  lagBytes: number;
  /** Events heard since the start. */
  events: number;
  /** How often it broke. */
  breaks: number;
}

/** The live feed of one process: a temporary slot, nothing kept when it goes. */
export interface Feed {
  /** Resolves once live for the first time, however often it has to try; rejects if stopped before. */
  start(): Promise<void>;
  /** Answers how to stop listening. */
  listen(listener: FeedListener): () => void;
  /**
   * For a reader that hands on all it reads from `from` on: once it is as far as the feed and not `paused`, the feed
   * needs no stream of its own. One at a time is used.
   */
  carriedBy(from: Lsn, paused: () => boolean): Carrier;
  /** Resolves once every new query sees all that was heard before this call; at once when that is known. */
  seen(): Promise<void>;
  state(): FeedState;
  stop(): Promise<void>;
}

/** How a reader of the same process carries the live feed: each event is then decoded and read once. */
export interface Carrier {
  transaction(transaction: FeedTransaction): void;
  /** @param end where the log goes on after it: the next commit may stand just there */
  hint(event: FeedEvent, end: Lsn): void;
  /** Everything committed before `walEnd` has been handed on. */
  idle(walEnd: Lsn): void;
  /** The feed has no other stream: reading must not pause. */
  isNeeded(): boolean;
  /** Resolves when the feed does without; until then all must be handed on. */
  release(): Promise<void>;
  /** Nothing more comes. Without a `release` before it the feed breaks. */
  ended(): void;
}
