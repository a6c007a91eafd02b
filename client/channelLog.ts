/**
 * What a client knows of one channel, as a state machine without input or output: frames go in, a new state and what
 * to ask next come out. Held to rules L7, L8 and L12 of the log by `channelLog.test.ts`.
 */
import type { ChannelEvent } from '../contracts/events.ts';
import type { Channel, Id, Message } from '../contracts/nouns.ts';
import type { MyReaction, ServerFrame } from '../contracts/wire.ts';

export interface ChannelLog {
  details: Channel;
  /** Everything up to this version is in here. */
  version: number;
  /** Of the last message of the channel. */
  number: number;
  /** The caller's read position; unread = number − read. */
  read: number;
  /** The number of the first loaded message, or of the first that will come. */
  first: number;
  /** The messages loaded, by number from `first` without a gap, up to the last one known. */
  messages: readonly Message[];
  /** The emoji that the caller has left, by message number. */
  mine: ReadonlyMap<number, readonly string[]>;
  /** The highest version heard of. While it is beyond `version`, something is missing. */
  seen: number;
  /**
   * False between the parts of a long sync. A message that changed again later is not in the parts so far, and events
   * that say only what changed about it have nothing to change: they wait until all parts are here.
   */
  whole: boolean;
  /** Events that came ahead of their turn, by version. */
  early: ReadonlyMap<number, ChannelEvent>;
  /** Messages beyond a number that has not come yet (a sync goes by version, not by number). */
  aside: ReadonlyMap<number, Message>;
  /** Versions at which messages before the loaded ones were changed, to know a page that was read before that. */
  outside: { from: number; changes: ReadonlyMap<number, number> };
}

/** Events kept ahead of their turn, and changes remembered outside of what is loaded. A sync or a new page makes up for more. */
const mostKept = 500;

type Joined = Extract<ServerFrame, { type: 'joined' }>;
type Synced = Extract<ServerFrame, { type: 'synced' }>;
type Paged = Extract<ServerFrame, { type: 'paged' }>;

/** The log as a fresh reader has it (L12: `joined` was read after the channel was subscribed). */
export function fromJoined(frame: Joined): ChannelLog {
  const messages = frame.messages.toSorted((a, b) => a.number - b.number);
  return {
    details: frame.channel,
    version: frame.version,
    number: frame.number,
    read: frame.read,
    first: messages[0]?.number ?? frame.number + 1,
    messages,
    mine: withMine(new Map(), messages, frame.mine),
    seen: frame.version,
    whole: true,
    early: new Map(),
    aside: new Map(),
    outside: { from: frame.version, changes: new Map() },
  };
}

/** True when something is missing: sync from `log.version`. */
export function isBehind(log: ChannelLog): boolean {
  return log.seen > log.version || !log.whole;
}

/** The channel is said to be at this version and number; what is missing will have to be asked for. */
export function applyHead(log: ChannelLog, head: { number: number; version: number }): ChannelLog {
  return { ...log, seen: Math.max(log.seen, head.version), number: Math.max(log.number, head.number) };
}

/** Applies one event: at once when it is the next, not at all when it is known, later when it is ahead. */
export function applyEvent(log: ChannelLog, event: ChannelEvent, me: Id | null): ChannelLog {
  if (event.version <= log.version) return log;
  const seen = Math.max(log.seen, event.version);
  if (event.version > log.version + 1 || !log.whole) {
    return log.early.size >= mostKept ? { ...log, seen } : { ...log, seen, early: new Map(log.early).set(event.version, event) };
  }
  let next: ChannelLog = { ...log, version: event.version, seen };
  switch (event.type) {
    case 'posted':
    case 'edited':
    case 'deleted':
      next = withMessages(next, [event.message]);
      if (event.type === 'posted' && event.by.id === me) next.read = Math.max(next.read, event.message.number);
      if (event.type === 'deleted') next.mine = withMine(next.mine, [event.message], []);
      break;
    case 'reacted':
      next = touched(next, event.number, (message) => ({ ...message, version: event.version, reactions: event.reactions }));
      if (event.by.id === me) next.mine = withOwn(next.mine, event.number, event.emoji, event.on);
      break;
    case 'pinned':
      next = touched(next, event.number, (message) => ({ ...message, version: event.version, pinnedAt: event.pinnedAt }));
      break;
    case 'changed':
      next.details = event.details;
      break;
  }
  return afterEarly(next, me);
}

/**
 * Applies the answer to a sync. It may be older than what came live meanwhile, or cover only a part (`gap`): each
 * message counts only if it is newer than the one known.
 */
export function applySynced(log: ChannelLog, frame: Synced, me: Id | null): ChannelLog {
  // An answer to a question from another place leaves a hole before it.
  if (frame.since > log.version) return log;
  const version = Math.max(log.version, frame.version);
  const known = (number: number) => (log.messages[number - log.first] ?? log.aside.get(number))?.version ?? 0;
  const newer = frame.messages.filter((message) => message.version > known(message.number));
  const details = frame.details === undefined || frame.version < log.version ? log.details : frame.details;
  const whole = frame.gap ? log.whole && frame.version <= log.version : log.whole || frame.version >= log.version;
  const moved = { ...log, details, whole, version, seen: Math.max(log.seen, version), number: Math.max(log.number, frame.number) };
  const next = withMessages(moved, newer);
  next.mine = withMine(next.mine, newer, frame.mine);
  return afterEarly(next, me);
}

/**
 * Adds a page of older messages. Null when the page was read before a change of one of its messages that is already
 * known here: ask again. A page that does not touch what is loaded changes nothing.
 */
export function applyPaged(log: ChannelLog, frame: Paged): ChannelLog | null {
  const { first } = log;
  const older = frame.messages.filter((message) => message.number < first).toSorted((a, b) => a.number - b.number);
  if (older.length === 0 || older.at(-1)?.number !== first - 1) return log;
  const { from, changes } = log.outside;
  if (frame.version < from || older.some((message) => (changes.get(message.number) ?? 0) > frame.version)) return null;
  return { ...log, first: older[0]?.number ?? first, messages: [...older, ...log.messages], mine: withMine(log.mine, older, frame.mine) };
}

function afterEarly(log: ChannelLog, me: Id | null): ChannelLog {
  const kept = [...log.early].filter(([version]) => version > log.version);
  const next = { ...log, early: new Map(kept) };
  const event = next.whole ? next.early.get(next.version + 1) : undefined;
  return event === undefined ? next : applyEvent(next, event, me);
}

/** Puts messages in their places. Those before the first loaded one are not of this window: a page will bring them. */
function withMessages(log: ChannelLog, changed: readonly Message[]): ChannelLog {
  const { first } = log;
  const messages = [...log.messages];
  const aside = new Map(log.aside);
  let { outside } = log;
  for (const message of changed) {
    const place = message.number - first;
    if (place < 0) outside = changedOutside(outside, message.number, message.version);
    else if (place < messages.length) messages[place] = message;
    else aside.set(message.number, message);
  }
  for (let next = aside.get(first + messages.length); next !== undefined; next = aside.get(first + messages.length)) {
    aside.delete(next.number);
    messages.push(next);
  }
  return { ...log, messages, aside, outside, number: Math.max(log.number, messages.at(-1)?.number ?? 0) };
}

function touched(log: ChannelLog, number: number, change: (message: Message) => Message): ChannelLog {
  if (number < log.first) return { ...log, outside: changedOutside(log.outside, number, log.version) };
  const message = log.messages[number - log.first] ?? log.aside.get(number);
  return message === undefined ? log : withMessages(log, [change(message)]);
}

function changedOutside(outside: ChannelLog['outside'], number: number, version: number): ChannelLog['outside'] {
  if ((outside.changes.get(number) ?? 0) >= version) return outside;
  if (outside.changes.size >= mostKept) return { from: version, changes: new Map([[number, version]]) };
  return { from: outside.from, changes: new Map(outside.changes).set(number, version) };
}

function withMine(mine: ReadonlyMap<number, readonly string[]>, messages: readonly Message[], own: readonly MyReaction[]) {
  if (messages.length === 0) return mine;
  const next = new Map(mine);
  for (const message of messages) next.delete(message.number);
  for (const { number, emoji } of own) if (messages.some((message) => message.number === number)) next.set(number, emoji);
  return next;
}

function withOwn(mine: ReadonlyMap<number, readonly string[]>, number: number, emoji: string, on: boolean) {
  const others = (mine.get(number) ?? []).filter((one) => one !== emoji);
  const next = new Map(mine);
  if (on || others.length > 0) next.set(number, on ? [...others, emoji] : others);
  else next.delete(number);
  return next;
}
