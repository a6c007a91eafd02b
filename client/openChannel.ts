import { PlazaError } from '../contracts/errors.ts';
import type { Channel, Id, Person } from '../contracts/nouns.ts';
import type { ServerFrame } from '../contracts/wire.ts';
import { applyEvent, applyHead, applyPaged, applySynced, type ChannelLog, fromJoined, isBehind } from './channelLog.ts';
import type { Connection } from './connection.ts';
import { createStore, type Store } from './store.ts';

/** A message of one's own that is not in the log yet, drawn at once. */
export interface Pending {
  key: string;
  body: string;
  replyTo?: number;
  createdAt: string;
  /** Refused: why. It stays until `retry` or `discard`. */
  refused?: PlazaError;
}

export interface ChannelView {
  /** Null until first joined. */
  log: ChannelLog | null;
  /** In order of sending; drawn after the log's messages. */
  pending: readonly Pending[];
  typing: readonly Person[];
  /** Access was taken away, or the channel was left: nothing more will come. */
  left: boolean;
}

/** A channel kept open: its state as a store, and what one can do in it. */
export interface OpenChannel {
  readonly id: Id;
  readonly state: Store<ChannelView>;
  /** Draws the message at once and resolves with its number when it is committed; sent again, with the same key, after every cut. */
  send(body: string, options?: { replyTo?: number }): Promise<number>;
  retry(key: string): void;
  discard(key: string): void;
  edit(number: number, body: string): Promise<void>;
  delete(number: number): Promise<void>;
  react(number: number, emoji: string, on: boolean): Promise<void>;
  pin(number: number, on: boolean): Promise<void>;
  /** Everything up to this number was seen. */
  read(number: number): void;
  /** Call at every keystroke; it is told every three seconds at most. */
  typing(): void;
  /** Loads a page of older messages; false when there are none. */
  older(limit?: number): Promise<boolean>;
  close(): void;
}

/** What the client holds of an open channel besides. */
export interface ChannelDriver extends OpenChannel {
  receive(frame: ServerFrame): void;
  /** The connection is live: joins, or brings up to date, and sends what is pending. `joined` when the server has resumed it. */
  live(resumed: boolean): void;
  /** Another epoch: forget all (L13). */
  forget(): void;
  opened: Promise<Channel>;
}

const typingSentEveryMs = 3000;
const typingShownMs = 6000;
/** A hint may come after the message that was being typed; what was typed before it says nothing new. */
const typedBeforeMs = 1000;

export function createOpenChannel(id: Id, connection: Connection, me: () => Id | null, closed: () => void): ChannelDriver {
  const state = createStore<ChannelView>({ log: null, pending: [], typing: [], left: false });
  const outcomes = new Map<string, { resolve(number: number): void; reject(error: PlazaError): void }>();
  const typists = new Map<Id, ReturnType<typeof setTimeout>>();
  const opened = Promise.withResolvers<Channel>();
  // Nobody may be waiting for it.
  opened.promise.catch(() => {});
  const postedAt = new Map<Id, number>();
  let syncing = false;
  let sentTyping = 0;
  let toldRead = 0;
  let keys = 0;

  function update(log: ChannelLog): void {
    const arrived = new Set(
      log.messages.slice(-200).flatMap((message) => (message.author === me() && message.key !== null ? [message.key] : [])),
    );
    state.set({ ...state.value, log, pending: state.value.pending.filter((pending) => !arrived.has(pending.key)) });
    if (isBehind(log)) void sync();
  }

  /** Asks for what is missing until nothing is. One question at a time: the answer to the next starts where this one ends. */
  async function sync(): Promise<void> {
    if (syncing) return;
    syncing = true;
    try {
      for (let log = state.value.log; log !== null && isBehind(log) && !state.value.left; log = state.value.log) {
        await connection.ask({ type: 'sync', channel: id, since: log.version });
      }
    } catch (error) {
      // A cut: resuming syncs again. A refusal: the server says `left` by itself.
      if (error instanceof PlazaError && error.code === 'too_many_requests')
        setTimeout(() => void sync(), (error.details.retryAfter ?? 1) * 1000);
    } finally {
      syncing = false;
    }
  }

  function setTyping(person: Person, on: boolean): void {
    clearTimeout(typists.get(person.id));
    typists.delete(person.id);
    if (on)
      typists.set(
        person.id,
        setTimeout(() => setTyping(person, false), typingShownMs),
      );
    const others = state.value.typing.filter((one) => one.id !== person.id);
    if (on || others.length < state.value.typing.length) state.set({ ...state.value, typing: on ? [...others, person] : others });
  }

  /** Puts a pending message on the wire; whatever happens to the wire, the key keeps it single. */
  async function put(pending: Pending): Promise<void> {
    const { key, body, replyTo } = pending;
    try {
      const answer = await connection.ask({ type: 'send', channel: id, key, body, ...(replyTo === undefined ? {} : { replyTo }) });
      if (answer.type === 'ack') outcomes.get(key)?.resolve(answer.number);
      outcomes.delete(key);
      if (answer.type === 'ack' && state.value.log !== null)
        update(applyHead(state.value.log, { number: answer.number, version: answer.version }));
    } catch (error) {
      if (!(error instanceof PlazaError) || (error.retryable && error.code === 'unavailable')) return;
      if (error.retryable) {
        setTimeout(() => void put(pending), (error.details.retryAfter ?? 1) * 1000);
        return;
      }
      outcomes.get(key)?.reject(error);
      outcomes.delete(key);
      state.set({ ...state.value, pending: state.value.pending.map((one) => (one.key === key ? { ...one, refused: error } : one)) });
    }
  }

  async function join(): Promise<void> {
    try {
      await connection.ask({ type: 'join', channel: id });
    } catch (error) {
      if (!(error instanceof PlazaError) || error.retryable) return;
      opened.reject(error);
      state.set({ ...state.value, left: true });
    }
  }

  const act = async (frame: Parameters<Connection['ask']>[0]) => {
    const answer = await connection.ask(frame);
    if (answer.type === 'ack' && state.value.log !== null) update(applyHead(state.value.log, { number: 0, version: answer.version }));
  };

  return {
    id,
    state,
    opened: opened.promise,

    receive(frame) {
      const { log } = state.value;
      if (frame.type === 'joined') {
        // After a resume the answer brings what changed since; else it is the whole of a fresh reader.
        if (log === null || frame.since === undefined) update(fromJoined(frame));
        else update(applySynced(log, { ...frame, type: 'synced', channel: id, since: frame.since, details: frame.channel }, me()));
        if (state.value.log !== null) opened.resolve(state.value.log.details);
      } else if (frame.type === 'events' && log !== null) {
        update(frame.events.reduce((next, event) => applyEvent(next, event, me()), log));
        for (const event of frame.events) {
          if (event.type !== 'posted') continue;
          postedAt.set(event.by.id, Date.now());
          setTyping(event.by, false);
        }
      } else if (frame.type === 'synced' && log !== null) {
        update(applySynced(log, frame, me()));
      } else if (frame.type === 'head' && log !== null) {
        const head = frame.heads.find((one) => one.channel === id);
        if (head !== undefined) update(applyHead(log, head));
      } else if (frame.type === 'typing' && frame.person.id !== me()) {
        if (Date.now() - (postedAt.get(frame.person.id) ?? 0) > typedBeforeMs) setTyping(frame.person, true);
      } else if (frame.type === 'left') {
        opened.reject(new PlazaError(frame.code ?? 'not_found'));
        state.set({ ...state.value, left: true, typing: [] });
      }
    },

    live(resumed) {
      void (async () => {
        if (!resumed || state.value.log === null) await join();
        for (const pending of state.value.pending) if (pending.refused === undefined) void put(pending);
      })();
    },

    forget() {
      state.set({ ...state.value, log: null });
    },

    send(body, options) {
      const key = `${Date.now().toString(36)}-${(keys++).toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
      const pending: Pending = {
        key,
        body,
        createdAt: new Date().toISOString(),
        ...(options?.replyTo === undefined ? {} : { replyTo: options.replyTo }),
      };
      state.set({ ...state.value, pending: [...state.value.pending, pending] });
      const outcome = new Promise<number>((resolve, reject) => outcomes.set(key, { resolve, reject }));
      void put(pending);
      return outcome;
    },
    retry(key) {
      const again = state.value.pending.find((pending) => pending.key === key);
      if (again === undefined) return;
      const { refused: _, ...pending } = again;
      state.set({ ...state.value, pending: state.value.pending.map((one) => (one.key === key ? pending : one)) });
      void put(pending);
    },
    discard(key) {
      state.set({ ...state.value, pending: state.value.pending.filter((pending) => pending.key !== key) });
    },

    edit: (number, body) => act({ type: 'edit', channel: id, number, body }),
    delete: (number) => act({ type: 'delete', channel: id, number }),
    react: (number, emoji, on) => act({ type: 'react', channel: id, number, emoji, on }),
    pin: (number, on) => act({ type: 'pin', channel: id, number, on }),

    read(number) {
      const { log } = state.value;
      if (log === null || number <= log.read || number <= toldRead) return;
      toldRead = number;
      state.set({ ...state.value, log: { ...log, read: Math.min(number, log.number) } });
      connection.tell({ type: 'read', channel: id, number });
    },
    typing() {
      if (Date.now() - sentTyping < typingSentEveryMs) return;
      sentTyping = Date.now();
      connection.tell({ type: 'typing', channel: id });
    },

    async older(limit = 50) {
      for (;;) {
        const first = state.value.log?.first ?? 1;
        if (first <= 1) return false;
        const answer = await connection.ask({ type: 'page', channel: id, before: first, limit });
        const { log } = state.value;
        if (answer.type !== 'paged' || log === null) return false;
        const next = applyPaged(log, answer);
        if (next === null) continue;
        update(next);
        return true;
      }
    },

    close() {
      for (const timer of typists.values()) clearTimeout(timer);
      connection.tell({ type: 'leave', channel: id });
      closed();
    },
  };
}
