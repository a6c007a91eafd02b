import type { Id } from '../../contracts/nouns.ts';
import type { Acknowledged } from '../support/checker.ts';

/** What was sent to one channel and what was answered; the evidence that the log is held against. */
export interface Book {
  channel: Id;
  acknowledged: Acknowledged[];
  attempts: number;
  editsSent: Map<number, Set<string>>;
  /** Messages that somebody posted and may edit or delete. */
  owned: { author: Id; number: number }[];
  /** Who reacted how to what, tried or done. */
  reactions: Set<string>;
  /** Refusals that came back, by code. */
  refusals: Map<string, number>;
  versionBefore: number;
}

export function createBook(channel: Id, versionBefore: number): Book {
  return {
    channel,
    acknowledged: [],
    attempts: 0,
    editsSent: new Map(),
    owned: [],
    reactions: new Set(),
    refusals: new Map(),
    versionBefore,
  };
}

/** One change on its way: counted each time it is sent, written down when it is acknowledged. */
export interface Change {
  kind: Acknowledged['kind'];
  key?: string;
  body?: string;
  number?: number;
  emoji?: string;
}

export interface Answered {
  number: number;
  version: number;
  repeated: boolean;
}

export function writeDown(book: Book, author: Id, change: Change, begun: number, answer: Answered): void {
  const { kind, key, body } = change;
  book.acknowledged.push({
    ...{ kind, author, ...answer, begun, ended: performance.now() },
    ...(key === undefined ? {} : { key }),
    ...(body === undefined ? {} : { body }),
  });
  if (kind === 'post') book.owned.push({ author, number: answer.number });
}
