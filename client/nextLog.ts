/**
 * The next log while it is made of the one before: each message and event finds its place in it, and what comes ahead of
 * its turn waits. `channelLog.ts` says what is to be put into it.
 */
import type { ChannelEvent } from '../contracts/events.ts';
import type { Id, Message } from '../contracts/nouns.ts';
import type { MyMark } from '../contracts/wire.ts';
import type { ChannelLog, Mark } from './channelLog.ts';

/** Lists and maps are copied at their first change, and keep their identity without one. */
export function begin(log: ChannelLog) {
  return {
    ...log,
    messages: lazily(log.messages, (messages) => [...messages]),
    marks: lazily(log.marks, (marks) => new Map(marks)),
    early: lazily(log.early, (early) => new Map(early)),
    aside: lazily(log.aside, (aside) => new Map(aside)),
  };
}

type NextLog = ReturnType<typeof begin>;

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
export function finish(log: NextLog, me: Id | null): ChannelLog {
  for (;;) {
    const next = log.whole ? log.early.read().get(log.version + 1) : undefined;
    if (next === undefined) break;
    apply(log, next, me);
  }
  for (const version of log.early.read().keys()) if (version <= log.version) log.early.write().delete(version);
  const { messages, marks, early, aside } = log;
  return { ...log, messages: messages.read(), marks: marks.read(), early: early.read(), aside: aside.read() };
}

export function apply(log: NextLog, event: ChannelEvent, me: Id | null): void {
  const { version } = event;
  log.version = version;
  switch (event.type) {
    case 'posted':
      put(log, event.message);
      if (event.by.id === me) log.read = Math.max(log.read, event.message.number);
      return;
    case 'edited':
    case 'restored':
      put(log, event.message);
      return;
    case 'deleted':
      if (put(log, event.message)) remark(log, event.message.number, () => ({ emoji: [] }));
      return;
    case 'reacted': {
      const { number, emoji, on, reactions } = event;
      if (touch(log, version, number, { reactions }) && event.by.id === me) remark(log, number, (mark) => withEmoji(mark, emoji, on));
      return;
    }
    case 'pinned':
      touch(log, version, event.number, { pinnedAt: event.pinnedAt });
      return;
    case 'linked':
      touch(log, version, event.number, { link: event.link });
      return;
    case 'changed':
      log.details = event.details;
  }
}

function knownAt(log: NextLog, number: number): Message | undefined {
  return log.messages.read()[number - log.first] ?? log.aside.read().get(number);
}

/** Puts a message in its place in the window, if it is newer than the one there. What lies outside a page will bring. */
export function put(log: NextLog, message: Message): boolean {
  const { number } = message;
  log.number = Math.max(log.number, number);
  const place = number - log.first;
  const { length } = log.messages.read();
  if (place < 0 || (place >= length && !log.atEnd) || (knownAt(log, number)?.version ?? 0) >= message.version) return false;
  if (place <= length) log.messages.write()[place] = message;
  else log.aside.write().set(number, message);
  if (place === length) fill(log);
  return true;
}

/** Moves on what was waiting for the message before it. */
export function fill(log: NextLog): void {
  for (;;) {
    const next = log.aside.read().get(log.first + log.messages.read().length);
    if (next === undefined) return;
    log.aside.write().delete(next.number);
    log.messages.write().push(next);
  }
}

function touch(log: NextLog, version: number, number: number, change: Partial<Message>): boolean {
  const known = knownAt(log, number);
  return known !== undefined && put(log, { ...known, ...change, version });
}

/** What I have left on these messages is as told with them. */
export function mark(log: NextLog, messages: readonly Message[], mine: readonly MyMark[]): void {
  const told = new Map(mine.map((each) => [each.number, each]));
  for (const { number } of messages) {
    const { emoji, bookmarked } = told.get(number) ?? { emoji: [], bookmarked: false };
    remark(log, number, () => ({ emoji, bookmarked }));
  }
}

export function remark(log: NextLog, number: number, change: (mark: Mark) => Partial<Mark>): void {
  const known = log.marks.read().get(number);
  const old = known ?? { emoji: [], bookmarked: false };
  const next = { ...old, ...change(old) };
  if (next.emoji.length > 0 || next.bookmarked) log.marks.write().set(number, next);
  else if (known !== undefined) log.marks.write().delete(number);
}

/** A reaction of mine set or taken back. */
export function withEmoji(mark: Mark, emoji: string, on: boolean): Partial<Mark> {
  const others = mark.emoji.filter((one) => one !== emoji);
  return { emoji: on ? [...others, emoji] : others };
}
