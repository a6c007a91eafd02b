import { PlazaError } from '../contracts/errors.ts';
import type { Draft, Id, Person } from '../contracts/nouns.ts';
import type { MyChannel, MyCommunity, ServerFrame } from '../contracts/wire.ts';
import { createChannelDriver } from './channelDriver.ts';
import { type ConnectionState, createConnection } from './connection.ts';
import { createDrafts, type DraftText } from './drafts.ts';
import { createKept, type Storage } from './kept.ts';
import { createMine, namedIn } from './mine.ts';
import type { OpenChannel } from './openChannel.ts';
import { createOpenChannels } from './openChannels.ts';
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
  const recall = createRecall(options.storage, person);
  let epoch = '';
  /** What the server says counts for more than what the last client knew. */
  let isNew = true;

  const set = (change: Partial<ClientState>) => state.set({ ...state.value, ...change });

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
      for (const channel of channels.all()) channel.end(next.error ?? closedError());
    },
  });
  const channels = createOpenChannels({
    make: (id, closed) =>
      createChannelDriver(id, {
        connection,
        closed,
        me: () => state.value.me?.id ?? null,
        kept: unsent,
        sent: () => drafts.save(id, { body: '' }),
        read: (number) => mine.read(id, number),
        recalled() {
          const known = recall.log(id, epoch);
          if (known !== null) mine.meet(known.people);
          return known?.log ?? null;
        },
        remember: (log, onScreen) => recall.keepLog(log, epoch, onScreen, state.value.people),
        lost: () => recall.dropLog(id),
      }),
    begin(channel) {
      if (connection.isLive()) channel.live();
      else if (state.value.connection.at === 'waiting' || state.value.me !== null) channel.recall();
    },
  });
  const mine = createMine(state, {
    callsAmong: (id, from, to) => channels.find(id)?.callsAmong(from, to) ?? null,
    isUnsure: () => timers.once('lists', listsAnewMs, connection.again),
    isStale: connection.again,
  });
  const watching = createWatching(connection, mine.unwatched);
  const drafts = createDrafts(connection, createKept(options.storage, `drafts.${person}`), (all) => set({ drafts: all }));

  function ready(frame: Extract<ServerFrame, { type: 'ready' }>, first: boolean): void {
    const sameEpoch = frame.epoch === epoch;
    epoch = frame.epoch;
    const afresh = !sameEpoch || isNew;
    isNew = false;
    state.gather(() => {
      mine.ready(frame, afresh);
      for (const channel of channels.all()) {
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
      epoch = known.epoch;
      mine.recall(known);
    }
    for (const channel of channels.all()) channel.recall();
  }

  /** What an earlier page could not send any more. */
  function sendOn(): void {
    const waiting = Object.values(unsent.all()).filter((one) => one.refused === undefined);
    for (const id of new Set(waiting.map(({ channel }) => channel))) {
      // Where it is refused the message is, and waits in its channel with the reason.
      if (channels.find(id) === undefined)
        channels.open(id).then(
          (channel) => channel.close(),
          () => {},
        );
    }
  }

  function receive(frame: ServerFrame): void {
    // Names before the messages that need them, and messages before the lists, which count calls in them.
    mine.meet(namedIn(frame));
    channels.receive(frame);
    mine.receive(frame);
    if (frame.type !== 'personal') return;
    if (frame.event.type === 'draft') drafts.heard(frame.event.draft);
    options.onPersonal?.(frame.event);
  }

  return {
    state,
    token: () => tokens.fresh(),
    async open(id, how) {
      const { connection: now } = state.value;
      if (now.at === 'closed') throw now.error ?? closedError();
      return channels.open(id, how?.at, how?.early);
    },
    watch: watching.watch,
    draft: drafts.at,
    saveDraft: drafts.save,
    sendDrafts: drafts.sendAll,
    keep() {
      const { me, communities, channels: listed } = state.value;
      if (isNew || me === null) return;
      recall.keepLists({ epoch, me, communities, channels: [...listed.values()] });
      for (const channel of channels.all()) channel.remember();
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
