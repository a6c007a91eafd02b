import type { Topic } from '../../../contracts/events.ts';

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
 * may be heard a moment before.
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

/** The live feed of one process: its own temporary slot, nothing kept when it goes. */
export interface Feed {
  /** Resolves once live for the first time, however often it has to try; rejects if stopped before. */
  start(): Promise<void>;
  /** Answers how to stop listening. */
  listen(listener: FeedListener): () => void;
  state(): FeedState;
  stop(): Promise<void>;
}
