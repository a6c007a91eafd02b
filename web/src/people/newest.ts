import type { Id } from '../../../contracts/nouns.ts';
import type { MyChannel } from '../../../contracts/wire.ts';

/** The newest message of a channel, as a list shows it. */
export interface Last {
  at: string;
  author: { id: Id; name: string } | null;
  /** Plain text on one line; null once deleted. */
  words: string | null;
}

export interface Known {
  /** The version that was known when it was asked for, and the one of the answer, which may be ahead. */
  asked: number;
  version: number;
  number: number;
  /** Null where nothing was said yet. */
  last: Last | null;
}

/** Something may have been said, changed or deleted since. */
export function hasMoved(mine: Pick<MyChannel, 'number' | 'version'>, known: Known | undefined): boolean {
  if (known === undefined) return true;
  return mine.number > known.number || (mine.version !== known.asked && mine.version !== known.version);
}

/** Those with the newest message first. One in which nothing was said counts from when it was made. */
export function newestFirst(channels: readonly MyChannel[], known: ReadonlyMap<Id, Known>): MyChannel[] {
  const timeOf = ({ channel }: MyChannel) => Date.parse(known.get(channel.id)?.last?.at ?? channel.createdAt);
  return channels.toSorted((a, b) => timeOf(b) - timeOf(a));
}
