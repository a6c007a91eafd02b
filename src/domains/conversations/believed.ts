import type { Id } from '../../../contracts/nouns.ts';
import type { Change } from './group.ts';
import type { Loaded, LoadedChannel } from './groupLoad.ts';

/** Channels remembered; the one that was written to longest ago is forgotten first. */
const most = 10_000;
/** A channel that another process wrote to is locked and read for so long before it is believed again. */
const contestedMs = 1_000;

interface Remembered {
  channel: LoadedChannel;
  /** Milliseconds of the process's clock. */
  notBefore: number;
}

/**
 * Channels as this process left them. Every change of a channel moves its version, so who writes only where the version
 * is still this one, writes on what is true.
 */
export function createBelieved() {
  const channels = new Map<Id, Remembered>();

  return {
    /** What posts in channels that are all known can be decided on, without asking the database; else null. */
    loaded(changes: readonly Change[]): Loaded | null {
      const now = performance.now();
      const loaded: Loaded = { channels: new Map(), keys: new Map(), messages: new Map(), erased: new Map(), mine: new Map() };
      for (const { channel: id, key } of changes) {
        if (key === undefined) return null;
        if (loaded.channels.has(id)) continue;
        const remembered = channels.get(id);
        if (remembered === undefined || remembered.notBefore > now) return null;
        loaded.channels.set(id, { ...remembered.channel });
      }
      return loaded;
    },

    /** How a group that is committed left its channels; from here on they are no longer the group's. */
    keep(loaded: Loaded): void {
      for (const [id, channel] of loaded.channels) {
        const before = channels.get(id);
        const contested = before !== undefined && before.channel.version !== channel.from.version;
        channel.from = { number: channel.number, version: channel.version };
        channels.delete(id);
        channels.set(id, { channel, notBefore: contested ? performance.now() + contestedMs : (before?.notBefore ?? 0) });
      }
      for (const id of channels.keys()) {
        if (channels.size <= most) break;
        channels.delete(id);
      }
    },
  };
}
