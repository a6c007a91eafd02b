import { asRefusal, type CloseCode, PlazaError } from '../../../contracts/errors.ts';
import type { ChannelEvent, CommunityEvent, PersonEvent } from '../../../contracts/events.ts';
import type { Id, Message, Person } from '../../../contracts/nouns.ts';
import type { Since } from '../../domains/conversations/index.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import type { Logger } from '../../kit/log.ts';
import type { Counts } from './counts.ts';
import type { Hub } from './hub.ts';
import { Order } from './order.ts';
import type { Packet } from './packet.ts';
import { createQueue } from './queue.ts';
import { readPeople } from './reads.ts';
import type { Client, Receiver } from './registry.ts';
import type { SocketSettings } from './settings.ts';
import { readStable } from './stable.ts';

/**
 * What happens, for other faces of the same process. An iterator's `return` ends a waiting `next` at once; `next`
 * throws a coded refusal when access is taken away or the reader is too slow.
 */
export interface Live {
  /**
   * What happens in a channel from now on or, without a gap, from the version `after` on. What lies before now comes as
   * one event for each message that changed, in its latest state.
   * @throws not_found
   */
  subscribe(who: Who, input: { channel: Id; after?: number | undefined }): AsyncIterable<ChannelEvent>;
  /** What concerns this person. */
  personal(who: Who): AsyncIterable<PersonEvent | CommunityEvent>;
  /** Resolves once whoever looks up more about what was told finds it. */
  seen(): Promise<void>;
}

export interface LiveDeps {
  feed: Pick<Live, 'seen'>;
  doors: Doors;
  hub: Hub;
  logger: Logger;
  counts: Counts;
  settings: SocketSettings;
}

const again = new PlazaError('unavailable', 'What you may hear is being looked up anew; come back, with `after` for what you have.', {
  retryAfter: 1,
});
const tooSlow = new PlazaError('unavailable', 'You read more slowly than events come; come back, with `after` for what you have.', {
  retryAfter: 1,
});

export function createLive(deps: LiveDeps): Live {
  /** Several who watch one channel are given the same packet; it is taken apart once. */
  const unpacked = new WeakMap<Packet, ChannelEvent[]>();

  function unpack(packet: Packet): ChannelEvent[] {
    const known = unpacked.get(packet);
    if (known) return known;
    const frame = JSON.parse(packet.json.toString());
    const events: ChannelEvent[] = frame.type === 'events' ? frame.events : [];
    unpacked.set(packet, events);
    return events;
  }

  return {
    seen: deps.feed.seen,

    subscribe(who, { channel, after }) {
      const { queue, client, fail, listener } = listen<ChannelEvent>(deps, who);
      const order = new Order();
      listener.write = (packets) => {
        for (const packet of packets) {
          if (!queue.push(unpack(packet), packet.json.length)) return fail(tooSlow);
        }
      };
      listener.behind = () => openFrom(() => client.watches.get(channel)?.version);

      /** One opening after the other: a later one goes on from where the one before came to. */
      function openFrom(from: () => number | undefined): void {
        order.keep('open', () => open(from())).catch(fail);
      }

      async function open(from: number | undefined): Promise<void> {
        const watch = deps.hub.hold(client, channel);
        const { conversations } = deps.doors;
        const details = await conversations.channel(who, channel);
        let version = from ?? (await conversations.heads([channel]))[0]?.version ?? 0;
        let told = version;
        for (let gap = from !== undefined; gap && !client.gone; ) {
          await queue.drained();
          const since = await conversations.since(who, { channel, version });
          const had = told;
          const events = (await asEvents(deps.doors, who, since)).filter((event) => event.type === 'changed' || event.version > had);
          // What there is no room for is read again when there is, so that little waits for a slow reader.
          const isWhole = events.every((event) => {
            const isIn = queue.push([event], JSON.stringify(event).length);
            if (isIn) told = event.version;
            return isIn;
          });
          if (isWhole) ({ version, gap } = since);
          watch.version = version;
        }
        if (!client.gone) deps.hub.open(watch, { version, number: 0, community: details.community });
      }
      openFrom(() => after);
      return queue.reader;
    },

    personal(who) {
      const { queue, client, fail, listener } = listen<PersonEvent | CommunityEvent>(deps, who);
      listener.personal = (bytes) => {
        if (!queue.push([JSON.parse(bytes.toString())], bytes.length)) fail(tooSlow);
      };
      listener.stale = () => fail(again);
      listener.relist = () => {
        const since = deps.hub.news();
        const take = (communities: Id[]) => {
          const missed = deps.hub.setLists(client, { communities, channels: [] }, since);
          if (missed.length > 0 && !deps.hub.retell(client, missed, since)) listener.stale();
        };
        readStable(deps.hub, client, async () => (await deps.doors.communities.mine(who)).map(({ community }) => community.id), take).catch(
          fail,
        );
      };
      listener.relist();
      return queue.reader;
    },
  };
}

/** A listener with a queue that does nothing yet with what it hears. */
function listen<T>({ hub, logger, counts, settings }: LiveDeps, who: Who) {
  const listener: Receiver = {
    write() {},
    hints: () => false,
    personal() {},
    behind() {},
    left: (_channel, code) => fail(new PlazaError(code)),
    relist() {},
    stale() {},
    end: (code) => fail(ending(code)),
    // There is no token to ask with; whoever subscribes again is asked for one.
    async identify() {
      fail(again);
      return who;
    },
  };
  const client: Client = hub.enter(who, listener);
  counts.open.inside++;
  const queue = createQueue<T>(settings.slowBytes, () => {
    counts.open.inside--;
    hub.leave(client);
  });
  function fail(error: unknown): void {
    const refusal = asRefusal(error);
    if (refusal !== error) logger.error({ err: error }, 'A subscription failed.');
    if (refusal === tooSlow) counts.tooSlow++;
    queue.end(refusal);
  }
  return { queue, client, fail, listener };
}

function ending(code: CloseCode): PlazaError {
  if (code === 'token_expired') return new PlazaError('token_expired');
  return code === 'signed_out' ? new PlazaError('unauthenticated') : again;
}

/**
 * What changed, told as events in order of version. Who deleted a message or changed the channel is not kept: the
 * author, and who made the channel, stand for them.
 */
async function asEvents(doors: Doors, who: Who, { channel, version, details, messages }: Since): Promise<ChannelEvent[]> {
  const makers = details?.createdBy ? [details.createdBy] : [];
  const people = await readPeople(doors, who, [...new Set([...messages.map((message) => message.author), ...makers])]);
  const known = new Map(people.map((person) => [person.id, person]));
  const by = (id: Id): Person => known.get(id) ?? { id, handle: '', name: '', bot: false, avatar: null };
  const events: ChannelEvent[] = messages.map((message) => ({
    type: kindOf(message),
    channel,
    version: message.version,
    by: by(message.author),
    message,
  }));
  if (details) events.push({ type: 'changed', channel, version, by: by(details.createdBy ?? '0'), details });
  return events;
}

function kindOf(message: Message): 'posted' | 'edited' | 'deleted' {
  if (message.deletedAt) return 'deleted';
  return message.editedAt ? 'edited' : 'posted';
}
