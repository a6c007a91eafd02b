import { asRefusal, PlazaError } from '../contracts/errors.ts';
import type { Id } from '../contracts/nouns.ts';
import type { ServerFrame } from '../contracts/wire.ts';
import { createActs } from './acts.ts';
import { createCatchUp } from './catchUp.ts';
import {
  applyEvents,
  applyHead,
  applyPaged,
  applySynced,
  type ChannelLog,
  cutBack,
  fromJoined,
  lastOf,
  type Range,
  withMark,
} from './channelLog.ts';
import type { Connection } from './connection.ts';
import type { Kept } from './kept.ts';
import { callsAmong } from './mentions.ts';
import type { ChannelView, OpenChannel } from './openChannel.ts';
import { createOutbox, type Unsent } from './outbox.ts';
import { type At, createPager } from './pager.ts';
import { createReading } from './reading.ts';
import { createStore } from './store.ts';
import { createTimers } from './timers.ts';
import { createTyping } from './typing.ts';

/** What the client holds of an open channel besides. */
export interface ChannelDriver extends OpenChannel {
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

const positionAgainMs = 500;

export function createChannelDriver(id: Id, surroundings: ChannelSurroundings): ChannelDriver {
  const { connection, me, closed } = surroundings;
  const timers = createTimers();
  const opened = Promise.withResolvers<void>();
  // Nobody may be waiting for it.
  opened.promise.catch(() => {});
  // As the server tells it; what is shown has my own acts in it already.
  let log: ChannelLog | null = null;
  let onScreen: Range | null = null;
  let closing = false;
  // Shown before there was a connection: it stays where it is when there is one.
  let isRecalled = false;
  let ended: PlazaError | null = null;

  const acts = createActs(id, connection, {
    changed: () => update(log),
    committed: (version) => catchUp.expect(0, version),
    bookmarked,
  });
  const outbox = createOutbox(id, connection, timers, surroundings.kept, {
    pending(pending) {
      set({ pending });
      closeWhenSent();
    },
    committed: (number, version) => catchUp.expect(number, version),
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

  const catchUp = createCatchUp(id, connection, timers, {
    me,
    log: () => log,
    onScreen: () => onScreen,
    hasLeft: () => state.value.left,
    update,
    refused: leave,
  });

  const reading = createReading(id, connection, timers, { log: () => log, update, read: surroundings.read });

  function update(next: ChannelLog | null): void {
    log = next;
    if (next === null) return;
    acts.arrived(next.version);
    state.gather(() => {
      const shown = acts.over(next);
      if (shown !== state.value.log) set({ log: shown });
      outbox.arrived(next, me());
    });
    catchUp.arrived(next);
  }

  /** With what came by itself, from which a window at the end grows. */
  function grow(next: ChannelLog): void {
    update(cutBack(next, onScreen ?? { first: lastOf(next), last: lastOf(next) }));
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
      onScreen = null;
      update(fromJoined(frame));
    } else grow(applySynced(before, { ...frame, type: 'synced', channel: id, since: frame.since, details: frame.channel }, me()));
    opened.resolve();
    reading.joined(frame.read);
    if (before !== null) reading.read(before.read);
  }

  function heard(frame: Extract<ServerFrame, { type: 'events' }>, now: ChannelLog): void {
    grow(applyEvents(now, frame.events, me()));
    for (const event of frame.events) if (event.type === 'posted') typing.posted(event.by.id);
  }

  function bookmarked(number: number, on: boolean): void {
    if (log !== null) update(withMark(log, number, () => ({ bookmarked: on })));
  }

  function closeWhenSent(): void {
    if (!closing || outbox.isBusy()) return;
    closing = false;
    remember();
    reading.tellNow();
    timers.clearAll();
    typing.end();
    connection.tell({ type: 'leave', channel: id });
    closed();
  }

  function remember(): void {
    // Where nobody said what is on the screen, nobody reads.
    if (log !== null && onScreen !== null && !state.value.left) surroundings.remember(log, onScreen);
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
    openedAt,
    receive: (frame) => state.gather(() => receive(frame)),
    live() {
      catchUp.live();
      outbox.live();
    },
    keep() {
      closing = false;
    },
    recall() {
      const known = log === null ? surroundings.recalled() : null;
      if (known === null) return;
      isRecalled = true;
      update(known);
    },
    remember,
    forget() {
      isRecalled = false;
      onScreen = null;
      log = null;
      acts.forget();
      outbox.forget();
      set({ log: null });
    },
    readElsewhere: reading.readElsewhere,
    bookmarked,
    callsAmong: (from, to) => (log === null ? null : callsAmong(log, me(), from, to)),
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
    edit: acts.edit,
    delete: acts.delete,
    restore: acts.restore,
    react: acts.react,
    pin: acts.pin,
    bookmark: acts.bookmark,
    read: reading.read,
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
