import type { Id, Person } from '../contracts/nouns.ts';
import type { MyChannel, ServerFrame } from '../contracts/wire.ts';
import type { ClientState, Personal } from './client.ts';
import { createLists } from './lists.ts';
import type { KnownLists } from './recall.ts';
import type { WritableStore } from './store.ts';

/** What is mine, as frames tell it: who I am, my communities and channels, everybody who was named, who is online. */
export interface Mine {
  /** The server's word on all of it. @param afresh what was known before counts for nothing (L13) */
  ready(frame: Extract<ServerFrame, { type: 'ready' }>, afresh: boolean): void;
  /** All of it as the last page had it. */
  recall(known: KnownLists): void;
  receive(frame: ServerFrame): void;
  meet(people: readonly Person[]): void;
  /** Read here up to this number. */
  read(channel: Id, number: number): void;
  /** Nobody watches these people any more: of those whom no list shows nothing more is told. */
  unwatched(people: readonly Id[]): void;
}

export interface MineSurroundings {
  /** How many messages of `from` + 1 … `to` call me; null where they are not loaded. */
  callsAmong(channel: Id, from: number, to: number): number | null;
  /** Only the server knows how many unread messages call me. */
  isUnsure(): void;
  /** What is mine has changed in a way that only the server can list. */
  isStale(): void;
}

export function createMine(state: WritableStore<ClientState>, { callsAmong, isUnsure, isStale }: MineSurroundings): Mine {
  const set = (change: Partial<ClientState>) => state.set({ ...state.value, ...change });
  const lists = createLists({ changed: (channels) => set({ channels }), callsAmong, isUnsure });

  function meet(people: readonly Person[]): void {
    const news = people.filter((person) => {
      const known = state.value.people.get(person.id);
      return known?.name !== person.name || known.handle !== person.handle || known.avatar !== person.avatar;
    });
    if (news.length > 0) set({ people: new Map([...state.value.people, ...news.map((person) => [person.id, person] as const)]) });
  }

  function seen({ person, online }: Extract<ServerFrame, { type: 'presence' }>): void {
    const all = new Set(state.value.online);
    if (online) all.add(person);
    else all.delete(person);
    set({ online: all });
  }

  function personal(event: Personal): void {
    switch (event.type) {
      case 'read':
        lists.move([[event.channel, { read: event.number }]]);
        return;
      case 'profile':
        if (event.person.id === state.value.me?.id) set({ me: event.person });
        return;
      case 'mentioned':
        lists.call(event.channel, event.number, event.on);
        return;
      case 'everyone_mentioned':
        if (event.by !== state.value.me?.id) lists.call(event.channel, event.number, event.on);
        return;
      case 'community_changed': {
        const { community } = event;
        const communities = state.value.communities.map((mine) => (mine.community.id === community.id ? { ...mine, community } : mine));
        set({ communities });
        return;
      }
      case 'channel_created':
        // Told to everyone in a community at once; asking the server would have all of them ask at once.
        if (event.channel.kind === 'chat') lists.add(event.channel);
        return;
      case 'invited':
      case 'bookmarked':
      case 'draft':
        return;
      default:
        // People of a direct channel, chats of a community.
        isStale();
    }
  }

  return {
    meet,
    ready({ person: me, communities, channels, online }, afresh) {
      // Of those watched it is told anew.
      set({ me, communities, online: new Set(online) });
      lists.ready(channels, afresh);
      meet([me, ...peopleOf(channels)]);
    },
    recall({ me, communities, channels }) {
      set({ me, communities });
      lists.ready(channels, true);
      meet([me, ...peopleOf(channels)]);
    },
    receive(frame) {
      const moves = movesIn(frame, state.value.me?.id);
      if (moves.length > 0) lists.move(moves);
      else if (frame.type === 'personal') personal(frame.event);
      else if (frame.type === 'presence') seen(frame);
      else if (frame.type === 'stale') isStale();
    },
    read: (channel, number) => lists.move([[channel, { read: number }]]),
    unwatched(people) {
      const { channels, online } = state.value;
      const shown = new Set(peopleOf([...channels.values()]).map(({ id }) => id));
      const unknown = people.filter((id) => online.has(id) && !shown.has(id));
      if (unknown.length > 0) set({ online: new Set([...online].filter((id) => !unknown.includes(id))) });
    },
  };
}

/** Whom a frame tells the names of. */
export function namedIn(frame: ServerFrame): readonly Person[] {
  switch (frame.type) {
    case 'people':
    case 'joined':
    case 'synced':
    case 'paged':
      return frame.people;
    case 'events':
      return frame.events.map((event) => event.by);
    case 'personal': {
      const { event } = frame;
      if (event.type === 'profile') return [event.person];
      return event.type === 'invited' ? [event.by] : [];
    }
    default:
      return [];
  }
}

/** What a frame tells of the lists' channels. */
function movesIn(frame: ServerFrame, me: Id | undefined): (readonly [Id, Partial<MyChannel>])[] {
  switch (frame.type) {
    case 'head':
      return frame.heads.map(({ channel, number, version }) => [channel, { number, version }]);
    case 'joined': {
      const { channel, number, version, read } = frame;
      return [[channel.id, { number, version, read, channel }]];
    }
    case 'synced':
      return [[frame.channel, { number: frame.number, ...(frame.details && { channel: frame.details }) }]];
    case 'events': {
      const { channel, events } = frame;
      const last = events.findLast((event) => event.type === 'posted');
      const mine = events.findLast((event) => event.type === 'posted' && event.by.id === me);
      const changed = events.findLast((event) => event.type === 'changed');
      const move = {
        version: events.at(-1)?.version ?? 0,
        number: last?.message.number ?? 0,
        read: mine?.type === 'posted' ? mine.message.number : 0,
        ...(changed && { channel: changed.details }),
      };
      return [[channel, move]];
    }
    default:
      return [];
  }
}

function peopleOf(channels: readonly MyChannel[]): Person[] {
  return channels.flatMap(({ people }) => people);
}
