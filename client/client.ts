import { PlazaError } from '../contracts/errors.ts';
import type { Id, Person } from '../contracts/nouns.ts';
import type { MyChannel, MyCommunity, ServerFrame } from '../contracts/wire.ts';
import { type ConnectionState, createConnection } from './connection.ts';
import { type ChannelDriver, createOpenChannel, type OpenChannel } from './openChannel.ts';
import { callRest } from './rest.ts';
import { createStore, type Store } from './store.ts';
import { createTokenKeeper, type Tokens } from './tokens.ts';

export interface ClientOptions {
  /** Where Plaza is, such as `http://localhost:3000`. */
  url: string;
  /** From `signIn`, `signUp` or where they were kept; or `{ access }` with an application's token. */
  tokens: Tokens;
  /** Called whenever the tokens were renewed: keep them, the refresh token before is spent. */
  onTokens?: (tokens: Tokens) => void;
  /**
   * Where several clients share one sign-in (tabs, terminals): answers the tokens that any of them kept last. A refresh
   * token that is used twice signs the device out, so this is asked before each renewal.
   */
  keptTokens?: () => Tokens | null;
}

export interface ClientState {
  connection: ConnectionState;
  /** Null until first connected. */
  me: Person | null;
  communities: readonly MyCommunity[];
  /** Channels of mine, by id, with their heads and read positions; unread = number − read. */
  channels: ReadonlyMap<Id, MyChannel>;
  /** Everybody who was named so far, by id: the authors of all loaded messages among them. */
  people: ReadonlyMap<Id, Person>;
  /** Who of the people of my direct and group channels is online, as far as was last heard. */
  online: ReadonlySet<Id>;
}

/** A live connection of one person (or bot) to Plaza, for browsers and Node. */
export interface Client {
  readonly state: Store<ClientState>;
  /**
   * Opens a channel, or answers the one already open. Resolves once its last messages are here; while there is no
   * connection it waits for one. @throws PlazaError not_found, forbidden; conflict when 100 are open
   */
  open(channel: Id): Promise<OpenChannel>;
  /**
   * One REST call with a fresh token, for what has no method here: `rest('POST', '/v1/directs', { person })`.
   * @throws PlazaError the refusal, or `unavailable`
   */
  rest<T>(method: string, path: string, body?: object): Promise<T>;
  /** Tries at once instead of after the wait: for a button, or a browser's `online` event. */
  reconnect(): void;
  /** Ends the connection. Messages that were not committed yet are refused. */
  close(): void;
}

/** Connects, and stays connected until `close` or until the server says for good that this session is over. */
export function createClient(options: ClientOptions): Client {
  const base = new URL(options.url);
  if (!/^https?:$/.test(base.protocol)) throw new TypeError(`A Plaza's address begins with http:// or https://, not ${base.protocol}//.`);
  const tokens = createTokenKeeper({
    base,
    tokens: options.tokens,
    onTokens: (renewed) => options.onTokens?.(renewed),
    keptTokens: () => options.keptTokens?.() ?? null,
  });
  const state = createStore<ClientState>({
    connection: { at: 'connecting' },
    me: null,
    communities: [],
    channels: new Map(),
    people: new Map(),
    online: new Set(),
  });
  const open = new Map<Id, { channel: ChannelDriver; users: number }>();
  let epoch = '';

  const set = (change: Partial<ClientState>) => state.set({ ...state.value, ...change });
  const driver = (id: Id) => open.get(id)?.channel;
  const isMe = (person: Person) => person.id === state.value.me?.id;

  const connection = createConnection(base, tokens, {
    ready,
    frame: receive,
    state(next) {
      set({ connection: next });
      if (next.at === 'closed') for (const { channel } of open.values()) channel.end(next.error ?? closedError());
    },
  });

  function ready(frame: Extract<ServerFrame, { type: 'ready' }>, first: boolean): void {
    const before = [...open.values()];
    const sameEpoch = frame.epoch === epoch;
    epoch = frame.epoch;
    const known = sameEpoch ? state.value.channels : new Map<Id, MyChannel>();
    const { person: me, communities } = frame;
    // What was heard while the lists were read is newer than they are.
    const channels = new Map(frame.channels.map((mine) => [mine.channel.id, ahead(mine, known.get(mine.channel.id))]));
    set({ me, communities, channels, online: new Set(frame.online) });
    meet([me, ...frame.channels.flatMap((mine) => mine.people)]);
    for (const { channel } of before) {
      if (!sameEpoch) channel.forget();
      if (first || !sameEpoch || channel.state.value.left) channel.live();
    }
  }

  function receive(frame: ServerFrame): void {
    switch (frame.type) {
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
        for (const { channel, number, version } of frame.heads) move(channel, { number, version });
        for (const { channel } of [...open.values()]) channel.receive(frame);
        return;
      case 'joined': {
        const { channel, number, version, read, people } = frame;
        meet(people);
        driver(channel.id)?.receive(frame);
        move(channel.id, { number, version, read, channel });
        return;
      }
      case 'synced': {
        const { channel, number, people } = frame;
        meet(people);
        driver(channel)?.receive(frame);
        move(channel, { number, ...(frame.details && { channel: frame.details }) });
        return;
      }
      case 'paged':
        meet(frame.people);
        return;
      case 'events': {
        const { channel, events } = frame;
        meet(events.map((event) => event.by));
        driver(channel)?.receive(frame);
        const last = events.findLast((event) => event.type === 'posted');
        const mine = events.findLast((event) => event.type === 'posted' && isMe(event.by));
        const changed = events.findLast((event) => event.type === 'changed');
        move(channel, {
          version: events.at(-1)?.version ?? 0,
          number: last?.message.number ?? 0,
          read: mine?.type === 'posted' ? mine.message.number : 0,
          ...(changed && { channel: changed.details }),
        });
        return;
      }
      case 'presence': {
        const online = new Set(state.value.online);
        if (frame.online) online.add(frame.person);
        else online.delete(frame.person);
        set({ online });
        return;
      }
      case 'typing':
      case 'left':
        driver(frame.channel)?.receive(frame);
        return;
      default:
    }
  }

  function personal(event: Extract<ServerFrame, { type: 'personal' }>['event']): void {
    switch (event.type) {
      case 'read':
        move(event.channel, { read: event.number });
        driver(event.channel)?.readElsewhere(event.number);
        return;
      case 'profile':
        meet([event.person]);
        if (isMe(event.person)) set({ me: event.person });
        return;
      case 'channel_created':
        // Told to everyone in a community at once; asking the server would have all of them ask at once.
        if (event.channel.kind === 'chat' && !state.value.channels.has(event.channel.id)) {
          const fresh: MyChannel = { channel: event.channel, number: 0, version: 0, read: 0, people: [] };
          set({ channels: new Map(state.value.channels).set(event.channel.id, fresh) });
        }
        return;
      case 'invited':
        meet([event.by]);
        return;
      default:
        // What is mine has changed in a way that only the server can list: people of a direct channel, chats of a community.
        connection.again();
    }
  }

  function move(id: Id, change: Partial<MyChannel>): void {
    const mine = state.value.channels.get(id);
    if (mine === undefined) return;
    set({ channels: new Map(state.value.channels).set(id, ahead({ ...mine, ...change }, mine)) });
  }

  function meet(people: readonly Person[]): void {
    const news = people.filter((person) => {
      const known = state.value.people.get(person.id);
      return known === undefined || known.name !== person.name || known.handle !== person.handle;
    });
    if (news.length > 0) set({ people: new Map([...state.value.people, ...news.map((person) => [person.id, person] as const)]) });
  }

  function opening(id: Id): ChannelDriver {
    const channel = createOpenChannel(id, {
      connection,
      me: () => state.value.me?.id ?? null,
      closed: () => {
        if (driver(id) === channel) open.delete(id);
      },
    });
    return channel;
  }

  return {
    state,
    async open(id) {
      const { connection: now } = state.value;
      if (now.at === 'closed') throw now.error ?? closedError();
      const known = open.get(id);
      const entry = known === undefined || known.channel.state.value.left ? { channel: opening(id), users: 0 } : known;
      const { channel } = entry;
      entry.users++;
      channel.keep();
      if (entry !== known) {
        known?.channel.end(closedError());
        open.set(id, entry);
        if (connection.isLive()) channel.live();
      }
      try {
        await channel.opened;
      } catch (error) {
        if (driver(id) === channel) open.delete(id);
        throw error;
      }
      let isClosed = false;
      return {
        ...channel,
        close() {
          if (!isClosed && --entry.users === 0) channel.close();
          isClosed = true;
        },
      };
    },
    async rest(method, path, body) {
      const token = await tokens.fresh();
      try {
        return await callRest(base, method, path, token, body);
      } catch (error) {
        if (!(error instanceof PlazaError) || error.code !== 'token_expired') throw error;
        tokens.spoiled(token);
        return callRest(base, method, path, await tokens.fresh(), body);
      }
    },
    reconnect: connection.reconnect,
    close: connection.close,
  };
}

/** Heads and read positions only go forward. */
function ahead(next: MyChannel, known: MyChannel | undefined): MyChannel {
  if (known === undefined) return next;
  return {
    ...next,
    number: Math.max(next.number, known.number),
    version: Math.max(next.version, known.version),
    read: Math.max(next.read, known.read),
  };
}

function closedError(): PlazaError {
  return new PlazaError('unavailable', 'This client was closed.');
}
