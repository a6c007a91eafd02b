/**
 * What a client knows of one channel, as a state machine without input or output: frames go in, a new state and what
 * to ask next come out. The messages are a window on the log: without a gap, at its end or anywhere else. Held to rules
 * L7, L8 and L12 of the log by `channelLog.test.ts`.
 */
import type { ChannelEvent } from '../contracts/events.ts';
import type { Channel, Id, Message } from '../contracts/nouns.ts';
import type { MyMark, ServerFrame } from '../contracts/wire.ts';

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
  const draft = begin(log);
  for (const event of events) {
    if (event.version <= draft.version) continue;
    draft.seen = Math.max(draft.seen, event.version);
    if (draft.whole && event.version === draft.version + 1) apply(draft, event, me);
    else if (draft.early.read().size < mostEarly) draft.early.write().set(event.version, event);
  }
  return finish(draft, me);
}

/**
 * Applies the answer to a sync. It may be older than what came live meanwhile, or cover only a part (`gap`): each
 * message counts only if it is newer than the one known.
 */
export function applySynced(log: ChannelLog, frame: Synced, me: Id | null): ChannelLog {
  // An answer to a question from another place leaves a hole before it.
  if (frame.since > log.version) return log;
  const draft = begin(log);
  if (frame.details !== undefined && frame.version >= log.version) draft.details = frame.details;
  draft.whole = frame.gap ? log.whole && frame.version <= log.version : log.whole || frame.version >= log.version;
  draft.version = Math.max(log.version, frame.version);
  draft.seen = Math.max(log.seen, draft.version);
  draft.number = Math.max(log.number, frame.number);
  mark(
    draft,
    frame.messages.filter((message) => put(draft, message)),
    frame.mine,
  );
  return finish(draft, me);
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
  const draft = begin({ ...log, first: from, messages, aside, marks: touches ? log.marks : new Map() });
  mark(draft, taken, frame.mine);
  draft.version = Math.min(log.version, frame.version);
  draft.number = Math.max(log.number, frame.more.after ? end + 1 : end);
  // At the end means: what was posted up to the log's version is not beyond the window.
  draft.atEnd = (touches && log.atEnd) || !frame.more.after;
  for (const number of log.aside.keys()) if (touches && number <= to) draft.aside.write().delete(number);
  fill(draft);
  return finish(draft, me);
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
  const draft = begin(log);
  remark(draft, number, change);
  return { ...log, marks: draft.marks.read() };
}

/** A log that is being changed. What is in it is copied at the first change, and keeps its identity without one. */
function begin(log: ChannelLog) {
  return {
    ...log,
    messages: lazily(log.messages, (messages) => [...messages]),
    marks: lazily(log.marks, (marks) => new Map(marks)),
    early: lazily(log.early, (early) => new Map(early)),
    aside: lazily(log.aside, (aside) => new Map(aside)),
  };
}

type Draft = ReturnType<typeof begin>;

function lazily<Seen, Own extends Seen>(value: Seen, copy: (value: Seen) => Own) {
  let own: Own | undefined;
  return {
    read: (): Seen => own ?? value,
    write() {
      own ??= copy(value);
      return own;
    },
  };
}

/** Applies what was waiting for its turn. */
function finish(draft: Draft, me: Id | null): ChannelLog {
  for (;;) {
    const next = draft.whole ? draft.early.read().get(draft.version + 1) : undefined;
    if (next === undefined) break;
    apply(draft, next, me);
  }
  for (const version of draft.early.read().keys()) if (version <= draft.version) draft.early.write().delete(version);
  const { messages, marks, early, aside } = draft;
  return { ...draft, messages: messages.read(), marks: marks.read(), early: early.read(), aside: aside.read() };
}

function apply(draft: Draft, event: ChannelEvent, me: Id | null): void {
  const { version } = event;
  draft.version = version;
  switch (event.type) {
    case 'posted':
      put(draft, event.message);
      if (event.by.id === me) draft.read = Math.max(draft.read, event.message.number);
      return;
    case 'edited':
    case 'restored':
      put(draft, event.message);
      return;
    case 'deleted':
      if (put(draft, event.message)) remark(draft, event.message.number, () => ({ emoji: [] }));
      return;
    case 'reacted': {
      const { number, emoji, on, reactions } = event;
      if (touch(draft, version, number, { reactions }) && event.by.id === me) remark(draft, number, (mark) => withEmoji(mark, emoji, on));
      return;
    }
    case 'pinned':
      touch(draft, version, event.number, { pinnedAt: event.pinnedAt });
      return;
    case 'linked':
      touch(draft, version, event.number, { link: event.link });
      return;
    case 'changed':
      draft.details = event.details;
  }
}

function knownAt(draft: Draft, number: number): Message | undefined {
  return draft.messages.read()[number - draft.first] ?? draft.aside.read().get(number);
}

/** Puts a message in its place in the window, if it is newer than the one there. What lies outside a page will bring. */
function put(draft: Draft, message: Message): boolean {
  const { number } = message;
  draft.number = Math.max(draft.number, number);
  const place = number - draft.first;
  const { length } = draft.messages.read();
  if (place < 0 || (place >= length && !draft.atEnd) || (knownAt(draft, number)?.version ?? 0) >= message.version) return false;
  if (place <= length) draft.messages.write()[place] = message;
  else draft.aside.write().set(number, message);
  if (place === length) fill(draft);
  return true;
}

/** Moves on what was waiting for the message before it. */
function fill(draft: Draft): void {
  for (;;) {
    const next = draft.aside.read().get(draft.first + draft.messages.read().length);
    if (next === undefined) return;
    draft.aside.write().delete(next.number);
    draft.messages.write().push(next);
  }
}

function touch(draft: Draft, version: number, number: number, change: Partial<Message>): boolean {
  const known = knownAt(draft, number);
  return known !== undefined && put(draft, { ...known, ...change, version });
}

/** What I have left on these messages is as told with them. */
function mark(draft: Draft, messages: readonly Message[], mine: readonly MyMark[]): void {
  const told = new Map(mine.map((each) => [each.number, each]));
  for (const { number } of messages) {
    const { emoji, bookmarked } = told.get(number) ?? { emoji: [], bookmarked: false };
    remark(draft, number, () => ({ emoji, bookmarked }));
  }
}

function remark(draft: Draft, number: number, change: (mark: Mark) => Partial<Mark>): void {
  const known = draft.marks.read().get(number);
  const old = known ?? { emoji: [], bookmarked: false };
  const next = { ...old, ...change(old) };
  if (next.emoji.length > 0 || next.bookmarked) draft.marks.write().set(number, next);
  else if (known !== undefined) draft.marks.write().delete(number);
}

/** A reaction of mine set or taken back. */
export function withEmoji(mark: Mark, emoji: string, on: boolean): Partial<Mark> {
  const others = mark.emoji.filter((one) => one !== emoji);
  return { emoji: on ? [...others, emoji] : others };
}

function byNumber(messages: readonly Message[]): Message[] {
  return messages.toSorted((a, b) => a.number - b.number);
}
