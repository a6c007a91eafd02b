import { PlazaError } from '../contracts/errors.ts';
import type { Id, Person } from '../contracts/nouns.ts';
import { limits, type MyChannel, type MyCommunity, type ServerFrame } from '../contracts/wire.ts';
import { type ConnectionState, createConnection } from './connection.ts';
import { type ChannelDriver, createOpenChannel, type OpenChannel } from './openChannel.ts';
import { createStore, type Store } from './store.ts';
import { createTokenKeeper, type Tokens } from './tokens.ts';

export interface ClientOptions {
  /** Where Plaza is, such as `http://localhost:3000`. */
  url: string;
  tokens: Tokens;
  /** Called whenever the tokens were renewed: keep them, the old refresh token is spent. */
  onTokens?: (tokens: Tokens) => void;
}

export interface ClientState {
  connection: ConnectionState;
  me: Person | null;
  communities: readonly MyCommunity[];
  /** Channels of mine with their heads and read positions; unread = number − read. */
  channels: ReadonlyMap<Id, MyChannel>;
  /** Everybody who was named so far. */
  people: ReadonlyMap<Id, Person>;
}

/** A live connection of one person (or bot) to Plaza, for browsers and Node. */
export interface Client {
  readonly state: Store<ClientState>;
  /** Opens a channel, or answers the one already open. Resolves once its last messages are here. @throws not_found, forbidden */
  open(channel: Id): Promise<OpenChannel>;
  close(): void;
}

export function createClient(options: ClientOptions): Client {
  const base = new URL(options.url);
  const tokens = createTokenKeeper(base, options.tokens, (renewed) => options.onTokens?.(renewed));
  const state = createStore<ClientState>({
    connection: { at: 'connecting' },
    me: null,
    communities: [],
    channels: new Map(),
    people: new Map(),
  });
  const open = new Map<Id, ChannelDriver>();
  let epoch = '';
  let resumed = new Set<Id>();
  let closed = false;

  const connection = createConnection(base, tokens, {
    resume() {
      const places = [...open.values()]
        .flatMap(({ id, state: { value } }) => (value.log === null || value.left ? [] : [{ channel: id, version: value.log.version }]))
        .slice(0, limits.joins);
      resumed = new Set(places.map((place) => place.channel));
      return epoch === '' ? undefined : { epoch, places };
    },
    state: (next) => state.set({ ...state.value, connection: next }),
    frame: receive,
  });

  function receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'ready':
        ready(frame);
        return;
      case 'personal':
        personal(frame.event);
        return;
      case 'stale':
        connection.again();
        return;
      case 'people':
        meet(frame.people);
        return;
      case 'head':
        for (const head of frame.heads)
          move(head.channel, (mine) => ({
            ...mine,
            number: Math.max(mine.number, head.number),
            version: Math.max(mine.version, head.version),
          }));
        for (const channel of open.values()) channel.receive(frame);
        return;
      case 'joined':
        meet(frame.people);
        open.get(frame.channel.id)?.receive(frame);
        move(frame.channel.id, (mine) => ({
          ...mine,
          number: frame.number,
          version: frame.version,
          read: Math.max(mine.read, frame.read),
        }));
        return;
      case 'synced':
      case 'paged':
        meet(frame.people);
        open.get(frame.channel)?.receive(frame);
        return;
      case 'events': {
        const { events } = frame;
        meet(events.map((event) => event.by));
        open.get(frame.channel)?.receive(frame);
        const last = events.findLast((event) => event.type === 'posted');
        const changed = events.findLast((event) => event.type === 'changed');
        move(frame.channel, (mine) => ({
          ...mine,
          version: Math.max(mine.version, events.at(-1)?.version ?? 0),
          number: Math.max(mine.number, last?.message.number ?? 0),
          read: last !== undefined && last.by.id === state.value.me?.id ? Math.max(mine.read, last.message.number) : mine.read,
          channel: changed?.details ?? mine.channel,
        }));
        return;
      }
      case 'typing':
      case 'left':
        open.get(frame.channel)?.receive(frame);
        return;
      default:
    }
  }

  function ready(frame: Extract<ServerFrame, { type: 'ready' }>): void {
    const sameEpoch = frame.epoch === epoch;
    epoch = frame.epoch;
    state.set({
      ...state.value,
      me: frame.person,
      communities: frame.communities,
      channels: new Map(frame.channels.map((mine) => [mine.channel.id, mine])),
    });
    meet([frame.person, ...frame.channels.flatMap((mine) => mine.people)]);
    for (const channel of open.values()) {
      if (!sameEpoch) channel.forget();
      channel.live(sameEpoch && resumed.has(channel.id));
    }
    resumed = new Set();
  }

  function personal(event: Extract<ServerFrame, { type: 'personal' }>['event']): void {
    if (event.type === 'read') move(event.channel, (mine) => ({ ...mine, read: Math.max(mine.read, event.number) }));
    else if (event.type === 'profile') meet([event.person]);
    // What is mine has changed in a way that only the server can list: people of a direct channel, chats of a community.
    else connection.again();
  }

  function move(id: Id, change: (mine: MyChannel) => MyChannel): void {
    const mine = state.value.channels.get(id);
    if (mine !== undefined) state.set({ ...state.value, channels: new Map(state.value.channels).set(id, change(mine)) });
  }

  function meet(people: readonly Person[]): void {
    const news = people.filter((person) => {
      const known = state.value.people.get(person.id);
      return known === undefined || known.name !== person.name || known.handle !== person.handle;
    });
    if (news.length > 0)
      state.set({ ...state.value, people: new Map([...state.value.people, ...news.map((person) => [person.id, person] as const)]) });
  }

  return {
    state,
    async open(id) {
      if (closed) throw new PlazaError('unavailable', 'This client was closed.');
      let channel = open.get(id);
      if (channel === undefined) {
        channel = createOpenChannel(
          id,
          connection,
          () => state.value.me?.id ?? null,
          () => open.delete(id),
        );
        open.set(id, channel);
        if (state.value.connection.at === 'live') channel.live(false);
      }
      try {
        await channel.opened;
      } catch (error) {
        open.delete(id);
        throw error;
      }
      return channel;
    },
    close() {
      closed = true;
      connection.close();
    },
  };
}
