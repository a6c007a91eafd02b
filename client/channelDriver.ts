import { asRefusal, PlazaError } from '../contracts/errors.ts';
import { type Channel, everyone, type Id, type Message } from '../contracts/nouns.ts';
import { limits, type ServerFrame } from '../contracts/wire.ts';
import { createActs, showBookmark, showDeletion, showEdit, showPin, showReaction } from './acts.ts';
import {
  applyEvents,
  applyHead,
  applyPaged,
  applySynced,
  type ChannelLog,
  cutBack,
  fromJoined,
  isBehind,
  lastOf,
  type Range,
  restartedAt,
  withMark,
} from './channelLog.ts';
import type { Asking, Connection } from './connection.ts';
import type { Kept } from './kept.ts';
import type { ChannelView, OpenChannel } from './openChannel.ts';
import { createOutbox, type Unsent } from './outbox.ts';
import { type At, createPager } from './pager.ts';
import { createStore } from './store.ts';
import { createTimers } from './timers.ts';
import { createTyping } from './typing.ts';

/** What the client holds of an open channel besides. */
export interface ChannelDriver extends OpenChannel {
  opened: Promise<Channel>;
  /** Opened, with the window there; through cuts. @throws like `open` */
  openedAt(at: At | undefined): Promise<void>;
  receive(frame: ServerFrame): void;
  /** The connection is live: joins where the log ends, and sends what is pending. */
  live(): void;
  /** There is no connection to read it by: shows what the last page knew of it. */
  recall(): void;
  /** Keeps what is on the screen for the next page. */
  remember(): void;
  /** Another epoch: forgets everything (L13). */
  forget(): void;
  /** Read on another device of mine. */
  readElsewhere(number: number): void;
  /** Bookmarked, or no longer, on any device of mine. */
  bookmarked(number: number, on: boolean): void;
  /** How many messages of `from` + 1 … `to` call me; null where not all of them are loaded. */
  callsAmong(from: number, to: number): number | null;
  /** Opened again while it was closing. */
  keep(): void;
  end(error: PlazaError): void;
}

export interface ChannelSurroundings {
  connection: Connection;
  me(): Id | null;
  kept: Kept<Unsent>;
  /** What the last page knew of this channel. */
  recalled(): ChannelLog | null;
  remember(log: ChannelLog, onScreen: Range): void;
  /** Access was taken away. */
  lost(): void;
  /** A message was handed in to be sent. */
  sent(): void;
  /** Read up to this number. */
  read(number: number): void;
  /** Asked to close, and nothing is on the way any more. */
  closed(): void;
}

const readToldEveryMs = 1000;
/** The event of a change of mine comes by itself, right after the answer. Only if it does not, it is asked for. */
const eventExpectedMs = 1000;
const retryMs = 1000;
const stalledMs = 100;
const positionAgainMs = 500;
/** Who missed more messages than this is better served with the page that is looked at than with all of them. */
const mostMissed = 2000;

export function createChannelDriver(id: Id, surroundings: ChannelSurroundings): ChannelDriver {
  const { connection, me, closed } = surroundings;
  const timers = createTimers();
  const opened = Promise.withResolvers<Channel>();
  // Nobody may be waiting for it.
  opened.promise.catch(() => {});
  // As the server tells it; what is shown has my own acts in it already.
  let log: ChannelLog | null = null;
  // The log's last number when nothing was missing.
  let hadNumber = 0;
  let onScreen: Range | null = null;
  let syncing = false;
  let closing = false;
  // Shown before there was a connection: it stays where it is when there is one.
  let isRecalled = false;
  let ended: PlazaError | null = null;
  let toldRead = 0;

  const acts = createActs(() => update(log));
  const outbox = createOutbox(id, connection, timers, surroundings.kept, {
    pending(pending) {
      set({ pending });
      closeWhenSent();
    },
    committed: expectVersion,
  });
  const state = createStore<ChannelView>({ log: null, pending: outbox.pending(), typing: [], left: false });
  const set = (change: Partial<ChannelView>) => state.set({ ...state.value, ...change });

  const typing = createTyping(
    () => connection.tell({ type: 'typing', channel: id }),
    (people) => set({ typing: people }),
  );

  const pager = createPager(
    id,
    connection,
    () => log,
    (frame, target) => {
      if (log === null) return;
      if (target !== undefined) onScreen = target === 'end' ? null : { first: target, last: target };
      const next = applyPaged(log, frame, me(), target !== undefined);
      update(onScreen === null ? next : cutBack(next, onScreen));
    },
  );

  function update(next: ChannelLog | null): void {
    log = next;
    if (next === null) return;
    acts.arrived(next.version);
    state.gather(() => {
      const shown = acts.over(next);
      if (shown !== state.value.log) set({ log: shown });
      outbox.arrived(next, me());
    });
    if (isBehind(next)) void sync();
    else hadNumber = next.number;
  }

  /** With what came by itself, from which a window at the end grows. */
  function grow(next: ChannelLog): void {
    update(cutBack(next, onScreen ?? { first: lastOf(next), last: lastOf(next) }));
  }

  function expectVersion(number: number, version: number): void {
    timers.anew('expected', eventExpectedMs, () => {
      if (log !== null) update(applyHead(log, { number, version }));
    });
  }

  /** Asks for what is missing until nothing is. One question at a time: the answer to the next starts where this one ends. */
  async function sync(): Promise<void> {
    if (syncing || timers.isSet('sync')) return;
    syncing = true;
    try {
      for (let now = log; now !== null && isBehind(now) && !state.value.left; now = log) {
        if (now.number - hadNumber > mostMissed) await restart(now);
        else await connection.ask({ type: 'sync', channel: id, since: now.version });
        if (log?.version !== now.version) continue;
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

  /** Too much was missed to be told one by one: the page that is looked at anew, which is the last one if it was the last. */
  async function restart(now: ChannelLog): Promise<void> {
    hadNumber = now.number;
    if (onScreen === null || (now.atEnd && onScreen.last >= lastOf(now))) {
      onScreen = null;
      await connection.ask({ type: 'join', channel: id });
      if (log !== null) update(applyHead(log, { number: now.number, version: now.seen }));
      return;
    }
    const around = Math.floor((onScreen.first + onScreen.last) / 2);
    const page = await connection.ask({ type: 'page', channel: id, around, limit: limits.page });
    if (page.type !== 'paged' || log === null || page.messages.length === 0) return;
    update(restartedAt(log, page, me()));
    await join();
  }

  /** After a refusal for a while. After a cut everything starts anew, and a refusal for good tells `left` by itself. */
  function tryAgain(name: string, error: unknown, work: () => void): void {
    const { retryable, details } = asRefusal(error);
    if (retryable && connection.isLive()) timers.anew(name, details.retryAfter === undefined ? retryMs : details.retryAfter * 1000, work);
  }

  /** Afresh, or from where the log ends. */
  async function join(since = log?.version): Promise<void> {
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
    typing.end();
    surroundings.lost();
    if (!state.value.left) set({ left: true, typing: [] });
  }

  function joined(frame: Extract<ServerFrame, { type: 'joined' }>): void {
    const before = log;
    // Asked by an earlier one of this channel, which was closed before the answer came.
    if (before === null && frame.since !== undefined) return;
    if (state.value.left) set({ left: false });
    // After a cut the answer brings what changed since; else it is the whole of a fresh reader.
    if (before === null || frame.since === undefined) {
      hadNumber = frame.number;
      update(fromJoined(frame));
    } else grow(applySynced(before, { ...frame, type: 'synced', channel: id, since: frame.since, details: frame.channel }, me()));
    opened.resolve(frame.channel);
    toldRead = frame.read;
    if (before !== null) {
      readElsewhere(frame.read);
      read(before.read);
    }
  }

  function heard(frame: Extract<ServerFrame, { type: 'events' }>, now: ChannelLog): void {
    grow(applyEvents(now, frame.events, me()));
    for (const event of frame.events) if (event.type === 'posted') typing.posted(event.by.id);
  }

  function read(number: number): void {
    if (log === null) return;
    const upTo = Math.max(log.read, Math.min(number, log.number));
    if (upTo > log.read) {
      update({ ...log, read: upTo });
      surroundings.read(upTo);
    }
    if (upTo <= toldRead || timers.isSet('read') || !connection.isLive()) return;
    toldRead = upTo;
    connection.tell({ type: 'read', channel: id, number: upTo });
    timers.anew('read', readToldEveryMs, () => read(log?.read ?? 0));
  }

  function readElsewhere(number: number): void {
    toldRead = Math.max(toldRead, number);
    if (log !== null && number > log.read) update({ ...log, read: number });
  }

  function bookmarked(number: number, on: boolean): void {
    if (log !== null) update(withMark(log, number, () => ({ bookmarked: on })));
  }

  function closeWhenSent(): void {
    if (!closing || outbox.isBusy()) return;
    closing = false;
    remember();
    timers.clear('read');
    read(log?.read ?? 0);
    timers.clearAll();
    typing.end();
    connection.tell({ type: 'leave', channel: id });
    closed();
  }

  function remember(): void {
    // Where nobody said what is on the screen, nobody reads.
    if (log !== null && onScreen !== null && !state.value.left) surroundings.remember(log, onScreen);
  }

  /** Asks for a change and answers the version at which it is made. */
  async function change(frame: Asking): Promise<number> {
    const answer = await connection.ask(frame);
    if (answer.type !== 'ack') return 0;
    expectVersion(0, answer.version);
    return answer.version;
  }

  /** Where a cut comes between, it is tried again until it is there. */
  async function openedAt(at: At | undefined): Promise<void> {
    await opened.promise;
    if (isRecalled && typeof at !== 'number') return;
    while (at !== undefined) {
      try {
        return await pager.standAt(at);
      } catch (error) {
        const refusal = ended ?? asRefusal(error);
        if (!refusal.retryable || ended !== null) throw refusal;
        await new Promise<void>((resolve) => setTimeout(resolve, positionAgainMs));
      }
    }
  }

  function receive(frame: ServerFrame): void {
    if (frame.type === 'joined') joined(frame);
    else if (frame.type === 'left') leave(new PlazaError(frame.code ?? 'not_found'));
    else if (log === null) return;
    else if (frame.type === 'events') heard(frame, log);
    else if (frame.type === 'synced') grow(applySynced(log, frame, me()));
    else if (frame.type === 'head') {
      const head = frame.heads.find((one) => one.channel === id);
      if (head !== undefined) update(applyHead(log, head));
    } else if (frame.type === 'typing' && frame.person.id !== me()) typing.heard(frame.person);
  }

  return {
    id,
    state,
    opened: opened.promise,
    openedAt,
    receive: (frame) => state.gather(() => receive(frame)),
    live() {
      timers.clear('sync');
      void join();
      outbox.live();
    },
    keep() {
      closing = false;
    },
    recall() {
      const known = log === null ? surroundings.recalled() : null;
      if (known === null) return;
      isRecalled = true;
      hadNumber = known.number;
      update(known);
    },
    remember,
    forget() {
      isRecalled = false;
      toldRead = 0;
      hadNumber = 0;
      onScreen = null;
      log = null;
      acts.forget();
      outbox.forget();
      set({ log: null });
    },
    readElsewhere,
    bookmarked,
    callsAmong(from, to) {
      if (log === null || from + 1 < log.first || to > lastOf(log)) return null;
      return log.messages.slice(from + 1 - log.first, to + 1 - log.first).filter((message) => calls(message, me())).length;
    },
    end(error) {
      ended = error;
      timers.clearAll();
      typing.end();
      opened.reject(error);
      outbox.end(error);
    },

    send(body, options) {
      const sent = outbox.send(body, options?.replyTo);
      surroundings.sent();
      return sent;
    },
    retry: outbox.retry,
    discard: outbox.discard,
    edit: (number, body) => acts.during(showEdit(number, body), () => change({ type: 'edit', channel: id, number, body })),
    delete: (number, reason) =>
      acts.during(showDeletion(number), () => change({ type: 'delete', channel: id, number, ...(reason !== undefined && { reason }) })),
    async restore(number, reason) {
      await change({ type: 'restore', channel: id, number, ...(reason !== undefined && { reason }) });
    },
    react: (number, emoji, on) =>
      acts.during(showReaction(number, emoji, on), () => change({ type: 'react', channel: id, number, emoji, on })),
    pin: (number, on) => acts.during(showPin(number, on), () => change({ type: 'pin', channel: id, number, on })),
    bookmark: (number, on) =>
      acts.during(showBookmark(number, on), async () => {
        await connection.ask({ type: 'bookmark', channel: id, number, on });
        bookmarked(number, on);
        return 0;
      }),
    read,
    typing: typing.typed,
    older: pager.older,
    newer: pager.newer,
    goTo: pager.goTo,
    toEnd: pager.toEnd,
    sees(first, last) {
      onScreen = { first, last };
    },
    close() {
      closing = true;
      closeWhenSent();
    },
  };
}

function calls({ mentions }: Message, me: Id | null): boolean {
  return mentions.some((id) => id === me || id === everyone);
}
