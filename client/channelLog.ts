/**
 * What a client knows of one channel, as a state machine without input or output: frames go in, a new state and what
 * to ask next come out. The messages are a window on the log: without a gap, at its end or anywhere else. Held to rules
 * L7, L8 and L12 of the log by `channelLog.test.ts`.
 */
import type { ChannelEvent } from '../contracts/events.ts';
import type { Channel, Id, Message } from '../contracts/nouns.ts';
import type { ServerFrame } from '../contracts/wire.ts';
import { apply, begin, fill, finish, mark, put, remark } from './nextLog.ts';

export interface ChannelLog {
  details: Channel;
  /**
   * Every change up to this version is in here, as far as it concerns the window. Of later ones some may be: they are
   * told again and do no harm, since a message gives way only to a newer state of itself.
   */
  version: number;
  /** Of the last message of the channel. */
  number: number;
  /** The caller's read position; unread = number − read. */
  read: number;
  /** The number of the first loaded message, or of the first that will come. */
  first: number;
  /** The messages loaded, by number from `first` without a gap. */
  messages: readonly Message[];
  /** True while the window is at the end of the log: what is posted is added to it. */
  atEnd: boolean;
  /** What the caller has left on loaded messages, by number; only where there is something. */
  marks: Marks;
  /** The highest version heard of. While it is beyond `version`, something is missing. */
  seen: number;
  /**
   * False between the parts of a long sync. A message that changed again later is not in the parts so far, and events
   * that say only what changed about it have nothing to change: they wait until all parts are here.
   */
  whole: boolean;
  /** Events that came ahead of their turn, by version. */
  early: ReadonlyMap<number, ChannelEvent>;
  /** At the end: messages beyond a number that has not come yet (a sync goes by version, not by number). */
  aside: ReadonlyMap<number, Message>;
}

/** What I have left on a message. */
export interface Mark {
  /** My reactions. */
  emoji: readonly string[];
  bookmarked: boolean;
}

export type Marks = ReadonlyMap<number, Mark>;

/** Numbers of messages, both inclusive. */
export interface Range {
  first: number;
  last: number;
}

/** Events kept ahead of their turn. A sync makes up for more. */
const mostEarly = 500;
/** A window that grows beyond this is cut back by a fifth: seldom, so that a list need not shift with every message. */
const mostLoaded = 1000;

type Joined = Extract<ServerFrame, { type: 'joined' }>;
type Synced = Extract<ServerFrame, { type: 'synced' }>;
type Paged = Extract<ServerFrame, { type: 'paged' }>;

/** The log as a fresh reader has it (L12: `joined` was read after the channel was subscribed). */
export function fromJoined(frame: Joined): ChannelLog {
  const messages = byNumber(frame.messages);
  return {
    details: frame.channel,
    version: frame.version,
    number: frame.number,
    read: frame.read,
    first: messages[0]?.number ?? frame.number + 1,
    messages,
    atEnd: true,
    marks: new Map(frame.mine.map(({ number, emoji, bookmarked }) => [number, { emoji, bookmarked }])),
    seen: frame.version,
    whole: true,
    early: new Map(),
    aside: new Map(),
  };
}

/** The number of the last loaded message; `first` − 1 where there is none. */
export function lastOf(log: ChannelLog): number {
  return log.first + log.messages.length - 1;
}

export function messageAt(log: ChannelLog, number: number): Message | undefined {
  return log.messages[number - log.first];
}

/** True when something is missing: sync from `log.version`. */
export function isBehind(log: ChannelLog): boolean {
  return log.seen > log.version || !log.whole;
}

/** The channel is said to be at this version and number; what is missing will have to be asked for. */
export function applyHead(log: ChannelLog, head: { number: number; version: number }): ChannelLog {
  return { ...log, seen: Math.max(log.seen, head.version), number: Math.max(log.number, head.number) };
}

/** Applies events, in one go: each at once when it is the next, not at all when it is known, later when it is ahead. */
export function applyEvents(log: ChannelLog, events: readonly ChannelEvent[], me: Id | null): ChannelLog {
  if (events.every(({ version }) => version <= log.version)) return log;
  const next = begin(log);
  for (const event of events) {
    if (event.version <= next.version) continue;
    next.seen = Math.max(next.seen, event.version);
    if (next.whole && event.version === next.version + 1) apply(next, event, me);
    else if (next.early.read().size < mostEarly) next.early.write().set(event.version, event);
  }
  return finish(next, me);
}

/**
 * Applies the answer to a sync. It may be older than what came live meanwhile, or cover only a part (`gap`): each
 * message counts only if it is newer than the one known.
 */
export function applySynced(log: ChannelLog, frame: Synced, me: Id | null): ChannelLog {
  // An answer to a question from another place leaves a hole before it.
  if (frame.since > log.version) return log;
  const next = begin(log);
  if (frame.details !== undefined && frame.version >= log.version) next.details = frame.details;
  next.whole = frame.gap ? log.whole && frame.version <= log.version : log.whole || frame.version >= log.version;
  next.version = Math.max(log.version, frame.version);
  next.seen = Math.max(log.seen, next.version);
  next.number = Math.max(log.number, frame.number);
  mark(
    next,
    frame.messages.filter((message) => put(next, message)),
    frame.mine,
  );
  return finish(next, me);
}

/**
 * Adds a page to the window where the two touch; a page from elsewhere takes the window's place if that is wanted
 * (`jump`), else changes nothing. A page that was read before a change already known here takes the log back to that
 * version: what came since is told again by the sync that follows, and so nothing about the page's messages is missed.
 */
export function applyPaged(log: ChannelLog, frame: Paged, me: Id | null, jump = false): ChannelLog {
  const page = byNumber(frame.messages);
  const [start, end] = [page[0]?.number, page.at(-1)?.number];
  if (start === undefined || end === undefined) return log;
  const touches = start <= lastOf(log) + 1 && end >= log.first - 1;
  if (!touches && !jump) return log;

  const from = touches ? Math.min(start, log.first) : start;
  const to = touches ? Math.max(end, lastOf(log)) : end;
  const taken: Message[] = [];
  const messages: Message[] = [];
  for (let number = from; number <= to; number++) {
    const known = touches ? messageAt(log, number) : undefined;
    const read = page[number - start];
    const isNew = read !== undefined && read.version >= (known?.version ?? 0);
    const message = isNew ? read : known;
    if (message !== undefined) messages.push(message);
    if (isNew) taken.push(read);
  }
  const aside = touches ? log.aside : new Map<number, Message>();
  const next = begin({ ...log, first: from, messages, aside, marks: touches ? log.marks : new Map() });
  mark(next, taken, frame.mine);
  next.version = Math.min(log.version, frame.version);
  next.number = Math.max(log.number, frame.more.after ? end + 1 : end);
  // At the end means: what was posted up to the log's version is not beyond the window.
  next.atEnd = (touches && log.atEnd) || !frame.more.after;
  for (const number of log.aside.keys()) if (touches && number <= to) next.aside.write().delete(number);
  fill(next);
  return finish(next, me);
}

/** The window and the version of this page alone; what changed since it was read is to be asked for. */
export function restartedAt(log: ChannelLog, frame: Paged, me: Id | null): ChannelLog {
  const { version } = frame;
  const empty = { messages: [], atEnd: false, aside: new Map(), marks: new Map() };
  return applyPaged({ ...log, ...empty, version, seen: Math.max(log.seen, version), whole: true }, frame, me, true);
}

/**
 * Keeps memory bounded: a window that has grown too large loses messages on the side away from those on the screen,
 * never these themselves.
 */
export function cutBack(log: ChannelLog, onScreen: Range, most = mostLoaded): ChannelLog {
  if (log.messages.length <= most) return log;
  const excess = log.messages.length - Math.ceil(most * 0.8);
  const before = Math.max(0, onScreen.first - log.first);
  const after = Math.max(0, lastOf(log) - onScreen.last);
  const fromEnd = before < after ? Math.min(excess, after) : Math.min(Math.max(0, excess - before), after);
  const fromStart = Math.min(excess - fromEnd, before);
  const first = log.first + fromStart;
  const messages = log.messages.slice(fromStart, log.messages.length - fromEnd);
  const atEnd = log.atEnd && fromEnd === 0;
  const isKept = (number: number) => number >= first && (atEnd || number < first + messages.length);
  const marks = new Map([...log.marks].filter(([number]) => isKept(number)));
  return { ...log, first, messages, marks, atEnd, aside: atEnd ? log.aside : new Map() };
}

/** The same log with one loaded message changed. */
export function withMessage(log: ChannelLog, number: number, change: (message: Message) => Message): ChannelLog {
  const message = messageAt(log, number);
  return message === undefined ? log : { ...log, messages: log.messages.with(number - log.first, change(message)) };
}

/** The same log with another mark of mine on a loaded message. */
export function withMark(log: ChannelLog, number: number, change: (mark: Mark) => Partial<Mark>): ChannelLog {
  if (messageAt(log, number) === undefined) return log;
  const next = begin(log);
  remark(next, number, change);
  return { ...log, marks: next.marks.read() };
}

function byNumber(messages: readonly Message[]): Message[] {
  return messages.toSorted((a, b) => a.number - b.number);
}
