import { everyone, type Id } from '../contracts/nouns.ts';
import type { MyChannel } from '../contracts/wire.ts';
import { type ChannelLog, lastOf } from './channelLog.ts';

/** What is known of the unread messages of one channel that call me. */
export interface Calls {
  /** So many are among the numbers after `from`, up to `upTo`: as `ready` told it, less what was read since. */
  told: number;
  from: number;
  upTo: number;
  /** The numbers of those beyond `upTo`, as they were heard of. */
  heard: ReadonlySet<number>;
  /** False when `told` may be wrong: then only the server can tell. */
  sure: boolean;
}

export function countOf({ told, heard }: Calls): number {
  return told + heard.size;
}

/** @param before what was heard while the lists were read is newer than they are */
export function callsFrom(mine: MyChannel, before?: Calls): Calls {
  const heard = new Set([...(before?.heard ?? [])].filter((number) => number > mine.number));
  return { told: mine.mentions, from: mine.read, upTo: mine.number, heard, sure: true };
}

/** A message calls me, or no longer. */
export function withCall(calls: Calls, number: number, on: boolean): Calls {
  if (number <= calls.from) return calls;
  const heard = new Set(calls.heard);
  if (!on) heard.delete(number);
  else if (number > calls.upTo) heard.add(number);
  // An old message was edited, and may be among those that were told; or one calls me no longer by name, but with everyone.
  return { ...calls, heard, sure: calls.sure && on && number > calls.upTo };
}

/** @param among how many messages after the first number, up to the second, call me; null where that is not known */
export function readUpTo(calls: Calls, read: number, among: (from: number, to: number) => number | null): Calls {
  if (read <= calls.from) return calls;
  const heard = new Set([...calls.heard].filter((number) => number > read));
  if (read >= calls.upTo || calls.told === 0) return { ...calls, told: 0, from: read, heard };
  const gone = among(calls.from, read);
  if (gone === null) return { ...calls, heard, sure: false };
  return { ...calls, told: Math.max(0, calls.told - gone), from: read, heard };
}

/** How many of the messages `from` + 1 … `to` call me; null where not all of them are loaded. */
export function callsAmong(log: ChannelLog, me: Id | null, from: number, to: number): number | null {
  if (from + 1 < log.first || to > lastOf(log)) return null;
  const messages = log.messages.slice(from + 1 - log.first, to + 1 - log.first);
  return messages.filter(({ mentions }) => mentions.some((id) => id === me || id === everyone)).length;
}
