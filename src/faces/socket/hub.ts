import type { CommunityEvent, PersonEvent } from '../../../contracts/events.ts';
import type { Head, Id } from '../../../contracts/nouns.ts';
import type { Conversations } from '../../domains/conversations/index.ts';
import type { Who } from '../../domains/policy/index.ts';
import type { Logger } from '../../kit/log.ts';
import { createAccess } from './access.ts';
import { createCalls } from './calls.ts';
import { createDelivery, type DeliveryCounts, type DeliveryTiming, defaultTiming } from './delivery.ts';
import { createPatience } from './patience.ts';
import { createRecheck } from './recheck.ts';
import {
  type Client,
  createRegistry,
  createSeen,
  type Heard,
  headOf,
  type Receiver,
  type Registry,
  type Room,
  type Watch,
} from './registry.ts';

export interface HubDeps {
  conversations: Pick<Conversations, 'mayRead' | 'heads'>;
  logger: Logger;
  registry?: Registry;
  timing?: Partial<DeliveryTiming>;
  onFlush?: (ms: number) => void;
}

/** What a snapshot of a channel says of its place in the log. */
export interface Snapshot {
  version: number;
  number: number;
  community: Id | null;
}

export interface Lists {
  communities: readonly Id[];
  channels: readonly (Head & { community: Id | null })[];
}

/** Who watches what in this process, and how events come to them. Hears the feed; knows no protocol. */
export interface Hub {
  events(batch: readonly Heard[]): void;
  broken(): void;
  mended(): void;

  /** @throws too_many_requests */
  enter(who: Who, receiver: Receiver): Client;
  /** The same person with a new token, perhaps of another device. */
  become(client: Client, who: Who): void;
  leave(client: Client): void;

  /** Subscribes, before the snapshot is read: what comes meanwhile is held (L12). Opening again begins anew. */
  hold(client: Client, channel: Id): Watch;
  /** Opens with the snapshot given to the client: what was held and is newer goes out, then all that comes. */
  open(watch: Watch, snapshot: Snapshot): void;
  unwatch(watch: Watch): void;
  /** The channel's version as far as the feed told of late; 0 when it did not. */
  version(channel: Id): number;

  /** Differs when an access event came that lists read before may not show. */
  stamp(client: Client): number;
  /** Counts what communities were told, whoever heard it. */
  news(): number;
  /**
   * What the client is a member of: it hears of the communities' events and of the channels' heads from here on. Answers
   * the communities that it did not hear of and that were told something after `since`, a count of `news`: that it missed.
   */
  setLists(client: Client, lists: Lists, since: number): Id[];
  /** Tells it what they were told after `since`. False when that is no longer remembered. */
  retell(client: Client, communities: readonly Id[], since: number): boolean;

  counts(): DeliveryCounts & { clients: number; watches: number; suspended: number };
  stop(): void;
}

/** So many of the last events of communities are remembered. */
const remembered = 500;

export function createHub({ conversations, logger, registry = createRegistry(), timing, onFlush = () => {} }: HubDeps): Hub {
  const patience = createPatience(logger);
  const delivery = createDelivery({ registry, timing: { ...defaultTiming, ...timing }, onFlush });
  const recheck = createRecheck({ registry, delivery, conversations, patience });
  const access = createAccess({ registry, delivery, recheck, conversations, patience });

  /** Up to which count of `news` communities were told something of late, and the last that they were told. */
  const told = createSeen();
  const recent: { community: Id; bytes: Buffer }[] = [];
  /** Channels that were created of late: lists that were read before do not show them. */
  const created = createSeen();
  let news = 0;
  const calls = createCalls({ conversations, patience, tell });

  function tell(client: Client, bytes: Buffer): void {
    if (client.muted) client.missedPersonal = true;
    else client.receiver.personal(bytes);
  }

  function personal(clients: readonly Client[], bytes: Buffer): void {
    if (clients.length === 0) return;
    const event: PersonEvent = JSON.parse(bytes.toString());
    if (event.type === 'mentioned') calls.heard(clients, event.channel, bytes);
    else for (const client of clients) tell(client, bytes);
  }

  /** A new public channel of a community: its members follow it from the beginning. */
  function channelCreated(community: Id, event: CommunityEvent): void {
    if (event.type !== 'channel_created' || event.channel.visibility !== 'public' || event.channel.kind === 'discussion') return;
    created.note(event.channel.id, 1);
    for (const client of registry.byCommunity(community))
      registry.follow(client, { channel: event.channel.id, number: 0, version: 0 }, community);
  }

  function hear(event: Heard): void {
    const { topic, bytes } = event;
    switch (topic.kind) {
      case 'channel':
        delivery.event(event);
        break;
      case 'person':
        personal([...registry.byPerson(topic.person)], bytes);
        break;
      case 'community': {
        told.age();
        created.age();
        told.note(topic.community, ++news);
        // A copy: these bytes are part of a piece of the log, which would stay as long as they do.
        recent.push({ community: topic.community, bytes: Buffer.from(bytes) });
        if (recent.length > 2 * remembered) recent.splice(0, remembered);
        const members = [...registry.byCommunity(topic.community)];
        if (members.length > 0) channelCreated(topic.community, JSON.parse(bytes.toString()));
        for (const client of members) tell(client, bytes);
        break;
      }
      case 'access':
        access.heard(JSON.parse(bytes.toString()));
        break;
      case 'hint': {
        const room = registry.rooms.get(topic.about);
        if (room) delivery.typing(room, JSON.parse(bytes.toString()).person?.id ?? '', event);
      }
    }
  }

  return {
    events(batch) {
      for (const event of batch) {
        try {
          hear(event);
        } catch (err) {
          // One event that is not what it should be must not keep the others from being heard.
          logger.error({ err, topic: event.topic }, 'An event could not be delivered.');
        }
      }
    },
    broken: recheck.broken,
    mended: recheck.mended,

    enter(who, receiver) {
      const client = registry.enter(who, receiver);
      recheck.enters(client);
      return client;
    },
    become: registry.become,
    leave: registry.leave,

    hold: registry.hold,
    open(watch, snapshot) {
      if (watch.state !== 'held') return;
      const { room, client } = watch;
      room.community = snapshot.community;
      room.number = Math.max(room.number, snapshot.number);
      room.holding.delete(watch);
      watch.version = snapshot.version;
      if (watch.doubted) {
        watch.state = 'suspended';
        watch.held = [];
        access.doubt(client, room, false);
        return;
      }
      watch.state = 'open';
      // What a mute client misses it is told of when it is looked up.
      if (client.muted) watch.held = [];
      else {
        delivery.release(watch);
        if (delivery.missed(watch)) client.receiver.behind([headOf(room)]);
      }
    },
    unwatch: registry.unwatch,
    version: (channel) => registry.rooms.get(channel)?.version ?? registry.seen.version(channel),

    stamp: access.stamp,
    news: () => news,
    setLists(client, { communities, channels }, since) {
      const keep = new Set(channels.map((channel) => channel.channel));
      const isNew = ({ channel, community }: Room) => created.version(channel) > 0 && communities.some((mine) => mine === community);
      for (const room of client.follows) if (!keep.has(room.channel) && !isNew(room)) registry.unfollow(client, room);
      const behind: Head[] = [];
      for (const channel of channels) {
        const room = registry.follow(client, channel, channel.community);
        if (room.version > channel.version) behind.push(headOf(room));
      }
      for (const community of client.communities) if (!communities.includes(community)) registry.leaveCommunity(client, community);
      const missed = communities.filter((community) => !client.communities.has(community) && told.version(community) > since);
      for (const community of communities) registry.enterCommunity(client, community);
      if (behind.length > 0 && !client.muted) client.receiver.behind(behind);
      return missed;
    },
    retell(client, communities, since) {
      const count = news - since;
      if (count > recent.length) return false;
      for (const { community, bytes } of recent.slice(recent.length - count)) if (communities.includes(community)) tell(client, bytes);
      return true;
    },

    counts() {
      let watches = 0;
      let suspended = 0;
      for (const client of registry.clients) {
        watches += client.watches.size;
        if (client.muted) suspended += client.watches.size;
        else for (const watch of client.watches.values()) if (watch.state === 'suspended') suspended++;
      }
      return { ...delivery.counts, clients: registry.clients.size, watches, suspended };
    },
    stop() {
      patience.stop();
      delivery.stop();
    },
  };
}
