import { PlazaError } from '../contracts/errors.ts';
import type { Id } from '../contracts/nouns.ts';
import type { ServerFrame } from '../contracts/wire.ts';
import type { ChannelDriver } from './channelDriver.ts';
import type { OpenChannel } from './openChannel.ts';
import type { At } from './pager.ts';

/** The channels that are open: each is there once, however often it was opened. */
export interface OpenChannels {
  /** See `open` of the client. */
  open(id: Id, at?: At, early?: (channel: OpenChannel) => void): Promise<OpenChannel>;
  find(id: Id): ChannelDriver | undefined;
  all(): ChannelDriver[];
  /** Hands a frame to the channels that it tells of. */
  receive(frame: ServerFrame): void;
}

export interface OpenChannelsSurroundings {
  make(id: Id, closed: () => void): ChannelDriver;
  /** Joins what was opened just now, or shows what is kept of it. */
  begin(channel: ChannelDriver): void;
}

export function createOpenChannels({ make, begin }: OpenChannelsSurroundings): OpenChannels {
  const entries = new Map<Id, { channel: ChannelDriver; users: number }>();
  const find = (id: Id) => entries.get(id)?.channel;
  const all = () => [...entries.values()].map(({ channel }) => channel);

  function afresh(id: Id) {
    const channel: ChannelDriver = make(id, () => {
      if (find(id) === channel) entries.delete(id);
    });
    find(id)?.end(new PlazaError('unavailable', 'The channel was opened anew.'));
    const entry = { channel, users: 0 };
    entries.set(id, entry);
    begin(channel);
    return entry;
  }

  return {
    find,
    all,
    async open(id, at, early) {
      const known = entries.get(id);
      const entry = known === undefined || known.channel.state.value.left ? afresh(id) : known;
      const { channel } = entry;
      entry.users++;
      channel.keep();
      let isClosed = false;
      function close(): void {
        if (!isClosed && --entry.users === 0) channel.close();
        isClosed = true;
      }
      early?.({ ...channel, close });
      try {
        await channel.openedAt(at);
      } catch (error) {
        close();
        throw error;
      }
      return { ...channel, close };
    },
    receive(frame) {
      switch (frame.type) {
        case 'head':
          for (const channel of all()) channel.receive(frame);
          return;
        case 'joined':
          find(frame.channel.id)?.receive(frame);
          return;
        case 'synced':
        case 'events':
        case 'typing':
        case 'left':
          find(frame.channel)?.receive(frame);
          return;
        case 'personal': {
          const { event } = frame;
          if (event.type === 'read') find(event.channel)?.readElsewhere(event.number);
          if (event.type === 'bookmarked') find(event.channel)?.bookmarked(event.number, event.on);
          return;
        }
        default:
      }
    },
  };
}
