import type { Id } from '../contracts/nouns.ts';
import type { ChannelLog } from './channelLog.ts';
import type { Connection } from './connection.ts';
import type { Timers } from './timers.ts';

/** How far I have read in a channel, here and on other devices. */
export interface Reading {
  /** Everything up to this number was seen. */
  read(number: number): void;
  /** Read on another device of mine. */
  readElsewhere(number: number): void;
  /** The server knows this much now. */
  joined(number: number): void;
  /** Tells without waiting what was read since. */
  tellNow(): void;
}

export interface ReadingSurroundings {
  log(): ChannelLog | null;
  update(log: ChannelLog): void;
  /** Read here up to this number. */
  read(number: number): void;
}

const tellEveryMs = 1000;

export function createReading(channel: Id, connection: Connection, timers: Timers, on: ReadingSurroundings): Reading {
  let told = 0;

  function tell(): void {
    const number = on.log()?.read ?? 0;
    if (number <= told || timers.isSet('read') || !connection.isLive()) return;
    told = number;
    connection.tell({ type: 'read', channel, number });
    timers.anew('read', tellEveryMs, tell);
  }

  function readElsewhere(number: number): void {
    told = Math.max(told, number);
    const log = on.log();
    if (log !== null && number > log.read) on.update({ ...log, read: number });
  }

  return {
    read(number) {
      const log = on.log();
      if (log === null) return;
      const read = Math.min(number, log.number);
      if (read > log.read) {
        on.update({ ...log, read });
        on.read(read);
      }
      tell();
    },
    readElsewhere,
    joined(number) {
      told = number;
      readElsewhere(number);
    },
    tellNow() {
      timers.clear('read');
      tell();
    },
  };
}
