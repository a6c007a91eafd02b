import { PlazaError } from '../contracts/errors.ts';
import type { Draft, Id, Person } from '../contracts/nouns.ts';
import type { MyChannel, MyCommunity, ServerFrame } from '../contracts/wire.ts';
import { type ChannelDriver, createChannelDriver } from './channelDriver.ts';
import { type ConnectionState, createConnection } from './connection.ts';
import { createDrafts, type DraftText } from './drafts.ts';
import { createKept, type Storage } from './kept.ts';
import { createLists } from './lists.ts';
import type { OpenChannel } from './openChannel.ts';
import type { Unsent } from './outbox.ts';
import type { At } from './pager.ts';
import { createRecall } from './recall.ts';
import { callRest } from './rest.ts';
import { createStore, type Store } from './store.ts';
import { createTimers } from './timers.ts';
import { createTokenKeeper, type Lock, personOf, type Tokens } from './tokens.ts';
import { createWatching } from './watching.ts';

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
  /**
   * Does the work while nobody else who shares the sign-in does theirs, as `navigator.locks` can: so two tabs never
   * spend the same refresh token.
   */
  lock?: Lock;
  /**
   * Where messages and drafts that are not sent yet outlive this client, and what was on the screen (`keep`); they are
   * kept apart for each person.
   */
  storage?: Storage;
  /** Called with what concerns me or a community of mine, when `state` knows it: for lists that are kept elsewhere. */
  onPersonal?: (event: Personal) => void;
}

export type Personal = Extract<ServerFrame, { type: 'personal' }>['event'];

export interface ClientState {
  connection: ConnectionState;
  /** Null until first connected; where there is no connection, this and what follows is as the last client knew it. */
  me: Person | null;
  communities: readonly MyCommunity[];
  /** Channels of mine, by id, with their heads, read positions and unread mentions; unread = number − read. */
  channels: ReadonlyMap<Id, MyChannel>;
  /** Everybody who was named so far, by id: the authors of all loaded messages among them. */
  people: ReadonlyMap<Id, Person>;
  /** Who is online, of the people of my direct and group channels and of those watched. */
  online: ReadonlySet<Id>;
  /** What I began to write, by channel or community. What is typed here shows when it begins, ends or is sent. */
  drafts: ReadonlyMap<Id, Draft>;
}

/** A live connection of one person (or bot) to Plaza, for browsers and Node. */
export interface Client {
  readonly state: Store<ClientState>;
  /**
   * Opens a channel, or answers the one already open. Resolves once its last messages are here; while there is no
   * connection it waits for one.
   * @param options.at where its window stands then; by default where it is, or at the end of a channel just opened
   * @param options.early is given the channel at once: one can send already, what is not sent is in it, and, where there
   * is no connection, what was seen of it last
   * @throws PlazaError not_found, forbidden; conflict when 100 are open
   */
  open(channel: Id, options?: { at?: At; early?(channel: OpenChannel): void }): Promise<OpenChannel>;
  /**
   * These people are on the screen: `online` tells of them too, until the returned function is called. 200 at most over
   * all who watch; of more, those who were named last.
   */
  watch(people: Iterable<Id>): () => void;
  /** What I began to write in a channel, or as a new discussion in a community; null when nothing. */
  draft(place: Id): Draft | null;
  /** Call at every keystroke, with all of it; it is sent after a second's pause. An empty one is thrown away. */
  saveDraft(place: Id, text: DraftText): void;
  /** Sends the drafts that are not sent yet: for a field that loses the focus, a page that is hidden. */
  sendDrafts(): void;
  /** Keeps what is mine and what is on the screen, for a client that begins without a connection: for a page that is hidden. */
  keep(): void;
  /** An access token that is good for a while yet, for calls made by other means. @throws unauthenticated when the session has ended */
  token(): Promise<string>;
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

const listsAnewMs = 1000;

/** Connects, and stays connected until `close` or until the server says for good that this session is over. */
export function createClient(options: ClientOptions): Client {
  const base = new URL(options.url);
  if (!/^https?:$/.test(base.protocol)) throw new TypeError(`A Plaza's address begins with http:// or https://, not ${base.protocol}//.`);
  const tokens = createTokenKeeper({
    base,
    tokens: options.tokens,
    onTokens: (renewed) => options.onTokens?.(renewed),
    keptTokens: () => options.keptTokens?.() ?? null,
    lock: options.lock ?? ((work) => work()),
  });
  const state = createStore<ClientState>({
    connection: { at: 'connecting' },
    me: null,
    communities: [],
    channels: new Map(),
    people: new Map(),
    online: new Set(),
    drafts: new Map(),
  });
  const timers = createTimers();
  const person = personOf(options.tokens.access);
  const unsent = createKept<Unsent>(options.storage, `unsent.${person}`);
  const open = new Map<Id, { channel: ChannelDriver; users: number }>();
  const recall = createRecall(options.storage, person);
  let epoch = '';
  /** What the server says counts for more than what the last client knew. */
  let isNew = true;

  const set = (change: Partial<ClientState>) => state.set({ ...state.value, ...change });
  const driver = (id: Id) => open.get(id)?.channel;
  const isMe = (person: Person) => person.id === state.value.me?.id;

  const connection = createConnection(base, tokens, {
    ready,
    frame: (frame) => state.gather(() => receive(frame)),
    state(next) {
      set({ connection: next });
      if (next.at === 'waiting' && isNew) state.gather(recallAll);
      if (next.at === 'closed' && next.error !== null) recall.forget();
      if (next.at !== 'closed') return;
      timers.clearAll();
      watching.end();
      drafts.end();
      for (const { channel } of open.values()) channel.end(next.error ?? closedError());
    },
  });
  const watching = createWatching(connection, (people) => {
    const shown = new Set([...state.value.channels.values()].flatMap((mine) => mine.people.map(({ id }) => id)));
    const { online } = state.value;
    const unknown = people.filter((id) => online.has(id) && !shown.has(id));
    if (unknown.length > 0) set({ online: new Set([...online].filter((id) => !unknown.includes(id))) });
  });
  const lists = createLists({
    changed: (channels) => set({ channels }),
    callsAmong: (id, from, to) => driver(id)?.callsAmong(from, to) ?? null,
    isUnsure: () => timers.once('lists', listsAnewMs, connection.again),
  });
  const drafts = createDrafts(connection, createKept(options.storage, `drafts.${person}`), (all) => set({ drafts: all }));

  function ready(frame: Extract<ServerFrame, { type: 'ready' }>, first: boolean): void {
    const before = [...open.values()];
    const sameEpoch = frame.epoch === epoch;
    epoch = frame.epoch;
    const afresh = !sameEpoch || isNew;
    isNew = false;
    const { person: me, communities } = frame;
    state.gather(() => {
      // Of those watched it is told anew.
      set({ me, communities, online: new Set(frame.online) });
      lists.ready(frame.channels, afresh);
      meet([me, ...frame.channels.flatMap((mine) => mine.people)]);
      for (const { channel } of before) {
        if (!sameEpoch) channel.forget();
        if (first || !sameEpoch || channel.state.value.left) channel.live();
      }
      drafts.ready(frame.drafts);
    });
    if (!first) return;
    watching.live();
    sendOn();
  }

  function recallAll(): void {
    const known = state.value.me === null ? recall.lists() : null;
    if (known !== null) {
      const { me, communities, channels } = known;
      epoch = known.epoch;
      set({ me, communities });
      lists.ready(channels, true);
      meet([me, ...channels.flatMap((mine) => mine.people)]);
    }
    for (const { channel } of open.values()) channel.recall();
  }

  /** What an earlier page could not send any more. */
  function sendOn(): void {
    const waiting = Object.values(unsent.all()).filter((one) => one.refused === undefined);
    for (const id of new Set(waiting.map(({ channel }) => channel))) {
      // Where it is refused the message is, and waits in its channel with the reason.
      if (!open.has(id))
        openChannel(id).then(
          (channel) => channel.close(),
          () => {},
        );
    }
  }

  function receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'personal':
        personal(frame.event);
        options.onPersonal?.(frame.event);
        return;
      case 'stale':
        connection.again();
        return;
      case 'people':
        meet(frame.people);
        return;
      case 'head':
        lists.move(frame.heads.map(({ channel, number, version }) => [channel, { number, version }]));
        for (const { channel } of [...open.values()]) channel.receive(frame);
        return;
      case 'joined': {
        const { channel, number, version, read, people } = frame;
        meet(people);
        driver(channel.id)?.receive(frame);
        lists.move([[channel.id, { number, version, read, channel }]]);
        return;
      }
      case 'synced': {
        const { channel, number, people } = frame;
        meet(people);
        driver(channel)?.receive(frame);
        lists.move([[channel, { number, ...(frame.details && { channel: frame.details }) }]]);
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
        const change = {
          version: events.at(-1)?.version ?? 0,
          number: last?.message.number ?? 0,
          read: mine?.type === 'posted' ? mine.message.number : 0,
          ...(changed && { channel: changed.details }),
        };
        lists.move([[channel, change]]);
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

  function personal(event: Personal): void {
    switch (event.type) {
      case 'read':
        lists.move([[event.channel, { read: event.number }]]);
        driver(event.channel)?.readElsewhere(event.number);
        return;
      case 'profile':
        meet([event.person]);
        if (isMe(event.person)) set({ me: event.person });
        return;
      case 'mentioned':
        lists.call(event.channel, event.number, event.on);
        return;
      case 'everyone_mentioned':
        if (event.by !== state.value.me?.id) lists.call(event.channel, event.number, event.on);
        return;
      case 'bookmarked':
        driver(event.channel)?.bookmarked(event.number, event.on);
        return;
      case 'draft':
        drafts.heard(event.draft);
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
        meet([event.by]);
        return;
      default:
        // What is mine has changed in a way that only the server can list: people of a direct channel, chats of a community.
        connection.again();
    }
  }

  function meet(people: readonly Person[]): void {
    const news = people.filter((person) => {
      const known = state.value.people.get(person.id);
      return known?.name !== person.name || known.handle !== person.handle || known.avatar !== person.avatar;
    });
    if (news.length > 0) set({ people: new Map([...state.value.people, ...news.map((person) => [person.id, person] as const)]) });
  }

  function opening(id: Id): ChannelDriver {
    const channel = createChannelDriver(id, {
      connection,
      me: () => state.value.me?.id ?? null,
      kept: unsent,
      sent: () => drafts.save(id, { body: '' }),
      read: (number) => lists.move([[id, { read: number }]]),
      recalled() {
        const known = recall.log(id, epoch);
        if (known !== null) meet(known.people);
        return known?.log ?? null;
      },
      remember: (log, onScreen) => recall.keepLog(log, epoch, onScreen, state.value.people),
      lost: () => recall.dropLog(id),
      closed: () => {
        if (driver(id) === channel) open.delete(id);
      },
    });
    return channel;
  }

  async function openChannel(id: Id, at?: At, early?: (channel: OpenChannel) => void): Promise<OpenChannel> {
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
      else if (now.at === 'waiting' || state.value.me !== null) channel.recall();
    }
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
  }

  return {
    state,
    token: () => tokens.fresh(),
    open: (id, how) => openChannel(id, how?.at, how?.early),
    watch: watching.watch,
    draft: drafts.at,
    saveDraft: drafts.save,
    sendDrafts: drafts.sendAll,
    keep() {
      const { me, communities, channels } = state.value;
      if (isNew || me === null) return;
      recall.keepLists({ epoch, me, communities, channels: [...channels.values()] });
      for (const { channel } of open.values()) channel.remember();
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
    close() {
      drafts.end();
      connection.close();
    },
  };
}

function closedError(): PlazaError {
  return new PlazaError('unavailable', 'This client was closed.');
}
