import type { Channel, Id } from '../contracts/nouns.ts';
import type { MyChannel } from '../contracts/wire.ts';
import { type Calls, callsFrom, countOf, readUpTo, withCall } from './mentions.ts';

/** My channels as a side bar shows them, also those that are not open. */
export interface Lists {
  /** The server's list. @param afresh what was known before counts for nothing (L13) */
  ready(channels: readonly MyChannel[], afresh: boolean): void;
  /** Heads and read positions only go forward; what is no channel of mine is left alone. */
  move(changes: readonly (readonly [Id, Partial<MyChannel>])[]): void;
  /** A message calls me, or no longer. */
  call(channel: Id, number: number, on: boolean): void;
  /** A new one, in which nothing was said yet. */
  add(channel: Channel): void;
}

export interface ListsSurroundings {
  changed(channels: ReadonlyMap<Id, MyChannel>): void;
  /** How many messages of `from` + 1 … `to` call me; null where they are not loaded. */
  callsAmong(channel: Id, from: number, to: number): number | null;
  /** Only the server knows how many unread messages call me. */
  isUnsure(): void;
}

export function createLists({ changed, callsAmong, isUnsure }: ListsSurroundings): Lists {
  const calls = new Map<Id, Calls>();
  let channels: ReadonlyMap<Id, MyChannel> = new Map();

  function show(next: ReadonlyMap<Id, MyChannel>): void {
    channels = next;
    changed(next);
  }

  function counted(mine: MyChannel, known: Calls): MyChannel {
    const { id } = mine.channel;
    const next = readUpTo(known, mine.read, (from, to) => callsAmong(id, from, to));
    calls.set(id, next);
    if (!next.sure) isUnsure();
    return { ...mine, mentions: countOf(next) };
  }

  function move(changes: readonly (readonly [Id, Partial<MyChannel>])[]): void {
    const moved = changes.flatMap(([id, change]) => {
      const mine = channels.get(id);
      return mine === undefined ? [] : [[id, counted(ahead({ ...mine, ...change }, mine), calls.get(id) ?? callsFrom(mine))] as const];
    });
    if (moved.length > 0) show(new Map([...channels, ...moved]));
  }

  return {
    move,
    ready(listed, afresh) {
      const heard = new Map(afresh ? [] : calls);
      const known = afresh ? new Map<Id, MyChannel>() : channels;
      calls.clear();
      // What was heard while the lists were read is newer than they are.
      const all = listed.map((mine) => {
        const { id } = mine.channel;
        return [id, counted(ahead(mine, known.get(id)), callsFrom(mine, heard.get(id)))] as const;
      });
      show(new Map(all));
    },
    call(id, number, on) {
      const known = calls.get(id);
      if (known === undefined) return;
      calls.set(id, withCall(known, number, on));
      move([[id, {}]]);
    },
    add(channel) {
      const { id } = channel;
      if (!channels.has(id)) show(new Map(channels).set(id, { channel, number: 0, version: 0, read: 0, mentions: 0, people: [] }));
      move([[id, {}]]);
    },
  };
}

function ahead(next: MyChannel, known: MyChannel | undefined): MyChannel {
  if (known === undefined) return next;
  return {
    ...next,
    number: Math.max(next.number, known.number),
    version: Math.max(next.version, known.version),
    read: Math.max(next.read, known.read),
  };
}
