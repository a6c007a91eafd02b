import { asRefusal, PlazaError } from '../contracts/errors.ts';
import type { Channel, Id, Person } from '../contracts/nouns.ts';
import type { ServerFrame } from '../contracts/wire.ts';
import { applyEvent, applyHead, applyPaged, applySynced, type ChannelLog, fromJoined, isBehind } from './channelLog.ts';
import type { Asking, Connection } from './connection.ts';
import { createOutbox, type Pending } from './outbox.ts';
import { createStore, type Store } from './store.ts';
import { createTimers } from './timers.ts';

export interface ChannelView {
  /** Null until first joined, and for a moment after the server was restored from a backup. */
  log: ChannelLog | null;
  /** In order of sending; drawn after the log's messages. */
  pending: readonly Pending[];
  /** Others who write something just now. */
  typing: readonly Person[];
  /** Access was taken away: nothing more will come. What was loaded stays. */
  left: boolean;
}

/** A channel kept open: its state as a store, and what one can do in it. */
export interface OpenChannel {
  readonly id: Id;
  readonly state: Store<ChannelView>;
  /**
   * Draws the message at once (`pending`) and resolves with its number when it is committed. After a cut it is sent
   * again under the same key, so it is there once; messages keep the order in which they were sent. When it is refused
   * it stays in `pending` with the reason; the promise rejects with that too, and need not be caught.
   */
  send(body: string, options?: { replyTo?: number }): Promise<number>;
  /** Sends a refused message again, now as the last one. */
  retry(key: string): void;
  /** Takes a message out of `pending`. One that is on its way already may arrive all the same. */
  discard(key: string): void;
  /** @throws PlazaError the refusal, or `unavailable` while not connected: these are not tried again by themselves */
  edit(number: number, body: string): Promise<void>;
  delete(number: number): Promise<void>;
  react(number: number, emoji: string, on: boolean): Promise<void>;
  pin(number: number, on: boolean): Promise<void>;
  /** Everything up to this number was seen. Call it as often as you like; the server is told once a second at most. */
  read(number: number): void;
  /** Call at every keystroke; it is told every three seconds at most. */
  typing(): void;
  /** Loads a page of older messages into the log; false when there are none. @param limit 1–200 @throws like edit */
  older(limit?: number): Promise<boolean>;
  /** Once for each `open`. The last one ends it, when everything sent is committed or refused. */
  close(): void;
}

/** What the client holds of an open channel besides. */
export interface ChannelDriver extends OpenChannel {
  opened: Promise<Channel>;
  receive(frame: ServerFrame): void;
  /** The connection is live: joins where the log ends, and sends what is pending. */
  live(): void;
  /** Another epoch: forgets everything (L13). */
  forget(): void;
  /** Read on another device of mine. */
  readElsewhere(number: number): void;
  /** Opened again while it was closing. */
  keep(): void;
  end(error: PlazaError): void;
}

export interface ChannelSurroundings {
  connection: Connection;
  me(): Id | null;
  /** Asked to close, and nothing is on the way any more. */
  closed(): void;
}

const typingSentEveryMs = 3000;
const typingShownMs = 6000;
/** A hint may come after the message that was being typed; what was typed before it says nothing new. */
const typedBeforeMs = 1000;
const readToldEveryMs = 1000;
/** The event of a change of mine comes by itself, right after the answer. Only if it does not, it is asked for. */
const eventExpectedMs = 1000;
const retryMs = 1000;
const stalledMs = 100;
/** Who missed more messages than this is better served with the last page than with all of them. */
const mostMissed = 2000;

export function createOpenChannel(id: Id, { connection, me, closed }: ChannelSurroundings): ChannelDriver {
  const state = createStore<ChannelView>({ log: null, pending: [], typing: [], left: false });
  const timers = createTimers();
  const opened = Promise.withResolvers<Channel>();
  // Nobody may be waiting for it.
  opened.promise.catch(() => {});
  const postedAt = new Map<Id, number>();
  let syncing = false;
  let closing = false;
  let sentTypingAt = 0;
  let toldRead = 0;

  const set = (change: Partial<ChannelView>) => state.set({ ...state.value, ...change });

  const outbox = createOutbox(id, connection, timers, {
    pending(pending) {
      set({ pending });
      closeWhenSent();
    },
    committed: expectVersion,
  });

  function update(log: ChannelLog): void {
    if (log !== state.value.log) set({ log });
    outbox.arrived(log, me());
    if (isBehind(log)) void sync();
  }

  function expectVersion(number: number, version: number): void {
    timers.anew('expected', eventExpectedMs, () => {
      const { log } = state.value;
      if (log !== null) update(applyHead(log, { number, version }));
    });
  }

  /** Asks for what is missing until nothing is. One question at a time: the answer to the next starts where this one ends. */
  async function sync(): Promise<void> {
    if (syncing || timers.isSet('sync')) return;
    syncing = true;
    try {
      for (let log = state.value.log; log !== null && isBehind(log) && !state.value.left; log = state.value.log) {
        const loaded = log.first + log.messages.length - 1;
        if (log.number - loaded > mostMissed) await connection.ask({ type: 'join', channel: id });
        else await connection.ask({ type: 'sync', channel: id, since: log.version });
        if (state.value.log?.version !== log.version) continue;
        // The feed may tell of a change just before readers can see it.
        timers.anew('sync', stalledMs, () => void sync());
        break;
      }
    } catch (error) {
      tryAgain('sync', error, () => void sync());
    } finally {
      syncing = false;
    }
  }

  /** After a refusal for a while. After a cut everything starts anew, and a refusal for good tells `left` by itself. */
  function tryAgain(name: string, error: unknown, work: () => void): void {
    const { retryable, details } = asRefusal(error);
    if (retryable && connection.isLive()) timers.anew(name, details.retryAfter === undefined ? retryMs : details.retryAfter * 1000, work);
  }

  /** Afresh, or from where the log ends. */
  async function join(since = state.value.log?.version): Promise<void> {
    timers.clear('join');
    try {
      const answer = await connection.ask({ type: 'join', channel: id, ...(since === undefined ? {} : { since }) });
      // The server has less than we do: its database is not the one that we knew (L13).
      if (answer.type === 'joined' && answer.version < (since ?? 0)) await connection.ask({ type: 'join', channel: id });
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal.retryable) tryAgain('join', refusal, () => void join());
      else leave(refusal);
    }
  }

  function leave(error: PlazaError): void {
    opened.reject(error);
    for (const { id: person } of state.value.typing) timers.clear(`typing ${person}`);
    if (!state.value.left) set({ left: true, typing: [] });
  }

  function joined(frame: Extract<ServerFrame, { type: 'joined' }>): void {
    const { log } = state.value;
    // Asked by an earlier one of this channel, which was closed before the answer came.
    if (log === null && frame.since !== undefined) return;
    if (state.value.left) set({ left: false });
    // After a cut the answer brings what changed since; else it is the whole of a fresh reader.
    if (log === null || frame.since === undefined) {
      update(fromJoined(frame));
      opened.resolve(frame.channel);
    } else update(applySynced(log, { ...frame, type: 'synced', channel: id, since: frame.since, details: frame.channel }, me()));
    toldRead = frame.read;
    if (log !== null) {
      readElsewhere(frame.read);
      read(log.read);
    }
  }

  function heard(frame: Extract<ServerFrame, { type: 'events' }>, log: ChannelLog): void {
    update(frame.events.reduce((next, event) => applyEvent(next, event, me()), log));
    for (const event of frame.events) {
      if (event.type !== 'posted') continue;
      postedAt.set(event.by.id, Date.now());
      setTyping(event.by, false);
    }
  }

  function setTyping(person: Person, on: boolean): void {
    const name = `typing ${person.id}`;
    if (on) timers.anew(name, typingShownMs, () => setTyping(person, false));
    else timers.clear(name);
    const { typing } = state.value;
    const isShown = typing.some((one) => one.id === person.id);
    if (on && !isShown) set({ typing: [...typing, person] });
    if (!on && isShown) set({ typing: typing.filter((one) => one.id !== person.id) });
  }

  function read(number: number): void {
    const { log } = state.value;
    if (log === null) return;
    const upTo = Math.max(log.read, Math.min(number, log.number));
    if (upTo > log.read) set({ log: { ...log, read: upTo } });
    if (upTo <= toldRead || timers.isSet('read') || !connection.isLive()) return;
    toldRead = upTo;
    connection.tell({ type: 'read', channel: id, number: upTo });
    timers.anew('read', readToldEveryMs, () => read(state.value.log?.read ?? 0));
  }

  function readElsewhere(number: number): void {
    const { log } = state.value;
    toldRead = Math.max(toldRead, number);
    if (log !== null && number > log.read) set({ log: { ...log, read: number } });
  }

  function closeWhenSent(): void {
    if (!closing || outbox.isBusy()) return;
    closing = false;
    read(state.value.log?.read ?? 0);
    timers.clearAll();
    connection.tell({ type: 'leave', channel: id });
    closed();
  }

  const act = async (frame: Asking) => {
    const answer = await connection.ask(frame);
    if (answer.type === 'ack') expectVersion(0, answer.version);
  };

  return {
    id,
    state,
    opened: opened.promise,

    receive(frame) {
      const { log } = state.value;
      if (frame.type === 'joined') joined(frame);
      else if (frame.type === 'left') leave(new PlazaError(frame.code ?? 'not_found'));
      else if (log === null) return;
      else if (frame.type === 'events') heard(frame, log);
      else if (frame.type === 'synced') update(applySynced(log, frame, me()));
      else if (frame.type === 'head') {
        const head = frame.heads.find((one) => one.channel === id);
        if (head !== undefined) update(applyHead(log, head));
      } else if (frame.type === 'typing' && frame.person.id !== me()) {
        if (Date.now() - (postedAt.get(frame.person.id) ?? 0) > typedBeforeMs) setTyping(frame.person, true);
      }
    },
    live() {
      timers.clear('sync');
      void join();
      outbox.live();
    },
    keep() {
      closing = false;
    },
    forget() {
      toldRead = 0;
      outbox.forget();
      set({ log: null });
    },
    readElsewhere,
    end(error) {
      timers.clearAll();
      opened.reject(error);
      outbox.end(error);
    },

    send: (body, options) => outbox.send(body, options?.replyTo),
    retry: outbox.retry,
    discard: outbox.discard,
    edit: (number, body) => act({ type: 'edit', channel: id, number, body }),
    delete: (number) => act({ type: 'delete', channel: id, number }),
    react: (number, emoji, on) => act({ type: 'react', channel: id, number, emoji, on }),
    pin: (number, on) => act({ type: 'pin', channel: id, number, on }),
    read,
    typing() {
      if (Date.now() - sentTypingAt < typingSentEveryMs) return;
      sentTypingAt = Date.now();
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
      closing = true;
      closeWhenSent();
    },
  };
}
