import { type CloseCode, type ErrorCode, PlazaError } from '../../../contracts/errors.ts';
import type { Topic } from '../../../contracts/events.ts';
import type { Head, Id } from '../../../contracts/nouns.ts';
import type { Who } from '../../domains/policy/index.ts';
import { callerKey } from '../limits.ts';
import type { Packet } from './packet.ts';
import { allUnder, countUnder, FewSet, type Index, putInto, RareMap, RareSet, takeFrom } from './rare.ts';

/** An event as the feed gives it. */
export interface Heard {
  topic: Topic;
  bytes: Buffer;
}

/** What one who listens must be able to do. Calls come synchronously, must not throw, and keep none of their arrays. */
export interface Receiver {
  /** Shared frames, in one write. */
  write(packets: readonly Packet[]): void;
  /** Is to be told of hints just now. */
  hints(): boolean;
  /** Something that concerns the person, or a community of theirs. */
  personal(bytes: Buffer): void;
  /** These moved, and are not open or missed something. */
  behind(heads: Head[]): void;
  /** Access to the channel was taken away. */
  left(channel: Id, code: ErrorCode): void;
  /** The lists of communities and channels changed or may have: read them again. */
  relist(): void;
  /** Something that concerns the person may have been missed. */
  stale(): void;
  end(code: CloseCode): void;
  /** Who it is now. @throws unauthenticated, token_expired when no longer allowed in */
  identify(): Promise<Who>;
}

/** One listener, as the hub knows it. */
export interface Client {
  who: Who;
  readonly receiver: Receiver;
  readonly watches: RareMap<Id, Watch>;
  readonly follows: FewSet<Room>;
  readonly communities: FewSet<Id>;
  readonly doubts: RareMap<Room, Doubt>;
  /** Gets nothing for now: who it is, or what it may read, is being looked up again. */
  muted: boolean;
  /** Followed channels that moved while muted. */
  readonly missed: RareSet<Room>;
  missedPersonal: boolean;
  /** The feed broke since it was last told everything. */
  stale: boolean;
  /** Counts the access events of its person. */
  accessEvents: number;
  /** What it is written next. */
  readonly outbox: Packet[];
  gone: boolean;
}

/** A channel that somebody here watches or follows. */
export interface Room {
  readonly channel: Id;
  /** Undefined until a snapshot told it. */
  community: Id | null | undefined;
  number: number;
  /** The last that the feed told of. */
  version: number;
  /** The version that followers knew of when the feed broke. */
  told: number;
  readonly watches: RareSet<Watch>;
  /** Those of the watches whose snapshot is being read. */
  readonly holding: RareSet<Watch>;
  readonly followers: Set<Client>;
  readonly doubts: RareSet<Doubt>;
  /** Events that somebody who watches has not been given yet. */
  pending: Heard[];
  /** Those of them that come after a version, encoded. */
  readonly packets: RareMap<number, Packet>;
  /** Who types, by person, until the next slow tick. */
  readonly typing: RareMap<Id, Heard>;
}

/**
 * One client's open channel. `held` until its snapshot is read (L12), `suspended` while its access is looked up again
 * (L9), `gone` for ever.
 */
export interface Watch {
  readonly room: Room;
  readonly client: Client;
  state: 'held' | 'open' | 'suspended' | 'gone';
  /** Up to here the client was given everything, or told to sync. */
  version: number;
  held: Heard[];
  heldBytes: number;
  overflown: boolean;
  /** While held, an access event came that concerns it. */
  doubted: boolean;
}

/** May this client still read that channel? Being looked up. */
export interface Doubt {
  readonly client: Client;
  readonly room: Room;
  /** It followed the channel, and shall again. */
  follows: boolean;
  /** Another access event came while the answer was on its way: ask again. */
  again: boolean;
}

export function versionOf(event: Heard): number {
  return event.topic.kind === 'channel' ? event.topic.version : 0;
}

export function headOf(room: Room): Head {
  return { channel: room.channel, number: room.number, version: room.version };
}

export type Registry = ReturnType<typeof createRegistry>;

/** Listeners that one person, or one network of guests, may have in a process. An application's token has no such bound. */
export const mostOfOne = 500;

/** Who is here and what they listen to. Knows nothing of what events mean. */
export function createRegistry() {
  const clients = new Set<Client>();
  const rooms = new Map<Id, Room>();
  /** Those who are no persons. */
  const callers: Index<Client> = new Map();
  const persons: Index<Client> = new Map();
  const devices: Index<Client> = new Map();
  const accounts: Index<Client> = new Map();
  const members = new Map<Id, Set<Client>>();
  const seen = createSeen();

  function roomOf(channel: Id, head: { number: number; version: number }): Room {
    const known = rooms.get(channel);
    if (known) {
      known.number = Math.max(known.number, head.number);
      return known;
    }
    const version = Math.max(head.version, seen.version(channel));
    const room: Room = {
      channel,
      community: undefined,
      number: head.number,
      version,
      told: version,
      watches: new RareSet(),
      holding: new RareSet(),
      followers: new Set(),
      doubts: new RareSet(),
      pending: [],
      packets: new RareMap(),
      typing: new RareMap(),
    };
    rooms.set(channel, room);
    return room;
  }

  function dropIfEmpty(room: Room): void {
    if (room.watches.size + room.followers.size + room.doubts.size === 0 && rooms.get(room.channel) === room) rooms.delete(room.channel);
  }

  function unwatch(watch: Watch): void {
    watch.state = 'gone';
    watch.held = [];
    watch.room.holding.delete(watch);
    watch.room.watches.delete(watch);
    if (watch.client.watches.get(watch.room.channel) === watch) watch.client.watches.delete(watch.room.channel);
    dropIfEmpty(watch.room);
  }

  function unfollow(client: Client, room: Room): void {
    client.follows.delete(room);
    client.missed.delete(room);
    room.followers.delete(client);
    dropIfEmpty(room);
  }

  return {
    clients,
    rooms,
    seen,
    dropIfEmpty,
    byPerson: (id: Id): Iterable<Client> => allUnder(persons, id),
    byDevice: (id: Id): Iterable<Client> => allUnder(devices, id),
    byAccount: (id: Id): Iterable<Client> => allUnder(accounts, id),
    byCommunity: (id: Id): Iterable<Client> => members.get(id) ?? [],

    /** @throws too_many_requests */
    enter(who: Who, receiver: Receiver): Client {
      const already = who.person ? countUnder(persons, who.person.id) : countUnder(callers, callerKey(who));
      if (who.role !== 'application' && already >= mostOfOne) {
        throw new PlazaError('too_many_requests', `At most ${mostOfOne} connections and subscriptions at once; close some first.`, {
          retryAfter: 5,
        });
      }
      const client: Client = {
        who,
        receiver,
        watches: new RareMap(),
        follows: new FewSet(),
        communities: new FewSet(),
        doubts: new RareMap(),
        muted: false,
        missed: new RareSet(),
        missedPersonal: false,
        stale: false,
        accessEvents: 0,
        outbox: [],
        gone: false,
      };
      clients.add(client);
      if (who.person) putInto(persons, who.person.id, client);
      else putInto(callers, callerKey(who), client);
      putInto(devices, who.device, client);
      putInto(accounts, who.account, client);
      return client;
    },

    leave(client: Client): void {
      client.gone = true;
      clients.delete(client);
      const { who } = client;
      if (who.person) takeFrom(persons, who.person.id, client);
      else takeFrom(callers, callerKey(who), client);
      takeFrom(devices, who.device, client);
      takeFrom(accounts, who.account, client);
      for (const watch of client.watches.values()) unwatch(watch);
      for (const room of client.follows) {
        room.followers.delete(client);
        dropIfEmpty(room);
      }
      for (const community of client.communities) take(members, community, client);
      for (const doubt of client.doubts.values()) {
        doubt.room.doubts.delete(doubt);
        dropIfEmpty(doubt.room);
      }
      client.doubts.clear();
      client.outbox.length = 0;
    },

    /** The same person, with other facts or from another device. */
    become(client: Client, who: Who): void {
      takeFrom(devices, client.who.device, client);
      client.who = who;
      putInto(devices, who.device, client);
    },

    hold(client: Client, channel: Id): Watch {
      const room = roomOf(channel, { number: 0, version: 0 });
      const fresh: Watch = {
        room,
        client,
        state: 'held',
        version: 0,
        held: [],
        heldBytes: 0,
        overflown: false,
        doubted: false,
      };
      const watch = client.watches.get(channel) ?? fresh;
      // Opening again while the last opening is in doubt does not end the doubt.
      Object.assign(watch, { ...fresh, version: watch.version, doubted: client.muted || client.doubts.has(room) });
      client.watches.set(channel, watch);
      room.watches.add(watch);
      room.holding.add(watch);
      return watch;
    },
    unwatch,

    follow(client: Client, head: Head, community: Id | null): Room {
      const room = roomOf(head.channel, head);
      room.community = community;
      // The first to follow: nobody else could miss what lies between.
      if (room.followers.size === 0) room.version = Math.max(room.version, head.version);
      room.followers.add(client);
      client.follows.add(room);
      return room;
    },
    unfollow,

    /** The client may no longer read that channel. */
    refuse(client: Client, room: Room): void {
      const doubt = client.doubts.get(room);
      if (doubt) room.doubts.delete(doubt);
      client.doubts.delete(room);
      const watch = client.watches.get(room.channel);
      if (watch) unwatch(watch);
      unfollow(client, room);
      client.receiver.left(room.channel, 'forbidden');
    },

    enterCommunity(client: Client, community: Id): void {
      client.communities.add(community);
      put(members, community, client);
    },
    leaveCommunity(client: Client, community: Id): void {
      client.communities.delete(community);
      take(members, community, client);
    },
  };
}

export function put<T>(index: Map<Id, Set<T>>, id: Id | null | undefined, item: T): void {
  if (!id) return;
  const set = index.get(id);
  if (set) set.add(item);
  else index.set(id, new Set([item]));
}

export function take<T>(index: Map<Id, Set<T>>, id: Id | null | undefined, item: T): void {
  if (!id) return;
  const set = index.get(id);
  set?.delete(item);
  if (set?.size === 0) index.delete(id);
}

/**
 * The versions of what moved in the last while, watched here or not. A snapshot may be read so shortly after a commit
 * that it does not show it yet, although the feed already told of it: then this knows.
 */
export function createSeen({ keepMs = 10_000 } = {}) {
  let young = new Map<Id, number>();
  let old = new Map<Id, number>();
  let since = performance.now();
  return {
    note(channel: Id, version: number): void {
      young.set(channel, version);
    },
    version: (channel: Id): number => young.get(channel) ?? old.get(channel) ?? 0,
    /** Forgets what is old enough; called now and then. */
    age(): void {
      const now = performance.now();
      if (now - since < keepMs) return;
      since = now;
      old = young;
      young = new Map();
    },
  };
}
