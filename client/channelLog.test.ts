import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChannelEvent } from '../contracts/events.ts';
import type { Channel, Message, Person } from '../contracts/nouns.ts';
import type { MyMark, ServerFrame } from '../contracts/wire.ts';
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
  restartedAt,
} from './channelLog.ts';

type Frame<T> = Extract<ServerFrame, { type: T }>;

const people: Person[] = ['1', '2'].map((id) => ({ id, handle: `p${id}`, name: id, bot: false, avatar: null }));
const person = (i: number): Person => people[i % people.length] ?? { id: '1', handle: 'p1', name: '1', bot: false, avatar: null };
const me = '1';

/** A log as the rules say it is, kept in the plainest way: what `since` and `page` answer follows from it. */
function createModel() {
  let details: Channel = {
    id: '9',
    kind: 'chat',
    community: null,
    name: 'n',
    topic: '',
    photo: null,
    tags: [],
    visibility: 'private',
    posting: 'everyone',
    archived: false,
    accepted: null,
    createdBy: null,
    createdAt: '',
    chatNumber: null,
  };
  let version = 0;
  let detailsVersion = 0;
  const messages: Message[] = [];
  const own = new Map<number, Set<string>>();
  const bookmarks = new Set<number>();
  const mineOf = (list: readonly Message[]): MyMark[] =>
    list
      .map(({ number }) => ({ number, emoji: [...(own.get(number) ?? [])], bookmarked: bookmarks.has(number) }))
      .filter(({ emoji, bookmarked }) => emoji.length > 0 || bookmarked);
  const base = () => ({ channel: '9', version: ++version });

  return {
    write(kind: number, pick: number): ChannelEvent {
      const by = person(pick);
      const target = messages[pick % Math.max(messages.length, 1)];
      const put = (message: Message) => {
        messages[message.number - 1] = message;
        return { message };
      };
      if (kind === 0 || target === undefined || (kind < 4 && target.deletedAt !== null) || (kind === 6 && target.deletedAt === null)) {
        const number = messages.length + 1;
        const event = base();
        return {
          type: 'posted',
          ...event,
          by,
          ...put({
            ...event,
            number,
            author: by.id,
            key: null,
            body: `${number}`,
            replyTo: null,
            reactions: [],
            mentions: [],
            link: null,
            createdAt: 't',
            editedAt: null,
            deletedAt: null,
            pinnedAt: null,
          }),
        };
      }
      const event = base();
      if (kind === 1) return { type: 'edited', ...event, by, ...put({ ...target, ...event, body: `${target.body}.`, editedAt: 't' }) };
      if (kind === 2) {
        own.delete(target.number);
        return {
          type: 'deleted',
          ...event,
          by,
          ...put({ ...target, ...event, body: null, reactions: [], deletedAt: 't', pinnedAt: null }),
        };
      }
      if (kind === 3) {
        const emoji = '👍';
        const on = !target.reactions.some((r) => r.emoji === emoji);
        if (by.id === me || !on) own.set(target.number, new Set(on ? [emoji] : []));
        const { message } = put({ ...target, ...event, reactions: on ? [{ emoji, count: 1 }] : [] });
        return {
          type: 'reacted',
          ...event,
          by: on ? by : person(own.has(target.number) ? 0 : 1),
          number: target.number,
          emoji,
          on,
          reactions: message.reactions,
        };
      }
      if (kind === 4) {
        const { message } = put({ ...target, ...event, pinnedAt: target.pinnedAt === null ? 't' : null });
        return { type: 'pinned', ...event, by, number: target.number, pinnedAt: message.pinnedAt };
      }
      if (kind === 6) return { type: 'restored', ...event, by, ...put({ ...target, ...event, body: 'back', deletedAt: null }) };
      if (kind === 7) {
        const { message } = put({ ...target, ...event, link: target.link === null ? { channel: '8', number: version } : null });
        return { type: 'linked', ...event, by, number: target.number, link: message.link };
      }
      details = { ...details, topic: `${version}` };
      detailsVersion = version;
      return { type: 'changed', ...event, by, details };
    },
    joined(limit: number): Frame<'joined'> {
      const list = messages.slice(-limit);
      return {
        type: 'joined',
        channel: details,
        version,
        number: messages.length,
        read: 0,
        messages: list,
        mine: mineOf(list),
        people: [],
        gap: false,
      };
    },
    since(since: number, limit: number): Frame<'synced'> {
      const changed = messages.filter((m) => m.version > since).toSorted((a, b) => a.version - b.version);
      const list = changed.slice(0, limit);
      const gap = changed.length > limit;
      return {
        type: 'synced',
        channel: '9',
        since,
        version: gap ? (list.at(-1)?.version ?? since) : version,
        number: messages.length,
        ...(detailsVersion > since ? { details } : {}),
        messages: list,
        mine: mineOf(list),
        people: [],
        gap,
      };
    },
    /** The messages of these numbers, as far as there are any. */
    page(from: number, to: number): Frame<'paged'> {
      const list = messages.slice(Math.max(from - 1, 0), Math.max(to, 0));
      const after = (list.at(-1)?.number ?? messages.length) < messages.length;
      return { type: 'paged', channel: '9', version, messages: list, mine: mineOf(list), people: [], more: { before: from > 1, after } };
    },
    /** Bookmarks have no version; these are there from the beginning. */
    bookmark() {
      for (const { number } of messages) if (number % 3 === 0) bookmarks.add(number);
    },
    version: () => version,
    number: () => messages.length,
  };
}

/** What a reader sees. */
const view = (log: ChannelLog) => ({
  version: log.version,
  number: log.number,
  details: log.details,
  messages: log.messages,
  marks: [...log.marks].toSorted(([a], [b]) => a - b),
});

const write = fc.record({ do: fc.constant('write' as const), kind: fc.integer({ min: 0, max: 7 }), pick: fc.nat(20) });
const some = fc.integer({ min: 1, max: 5 });
const step = fc.oneof(
  { weight: 8, arbitrary: write },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), pick: fc.nat(50), again: fc.boolean(), together: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), pick: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), limit: some }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sync' as const), limit: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('older' as const), limit: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('newer' as const), limit: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('jump' as const), limit: some, pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), limit: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut back' as const), most: some, pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), limit: some, pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('head' as const) }) },
);

const example = { numRuns: 20000 };

test('[L7] [L8] [L12] whatever is cut, delayed, repeated, reordered or paged, a client that syncs has what a fresh reader has', () => {
  fc.assert(
    fc.property(
      fc.array(write, { maxLength: 15 }),
      fc.integer({ min: 1, max: 10 }),
      fc.array(step, { maxLength: 80 }),
      (before, window, steps) => {
        const model = createModel();
        for (const { kind, pick } of before) model.write(kind, pick);
        model.bookmark();
        // Subscribed first; what is written while the snapshot is on its way comes as events that may be older or newer.
        let log = fromJoined(model.joined(window));
        const onTheWay: (ChannelEvent | Frame<'synced'> | (Frame<'paged'> & { jump: boolean }))[] = [];
        const receive = (frame: (typeof onTheWay)[number]) => {
          if (frame.type === 'synced') log = applySynced(log, frame, me);
          else if (frame.type === 'paged') log = applyPaged(log, frame, me, frame.jump);
          else log = applyEvents(log, [frame], me);
          expect(log.messages.map(({ number }) => number)).toEqual(log.messages.map((_, i) => log.first + i));
        };
        const ask = (from: number, to: number, jump = false) => onTheWay.push({ ...model.page(from, to), jump });
        for (const s of steps) {
          if (s.do === 'write') onTheWay.push(model.write(s.kind, s.pick));
          if (s.do === 'ask') onTheWay.push(model.since(log.version, s.limit));
          if (s.do === 'sync') log = applySynced(log, model.since(log.version, s.limit), me);
          if (s.do === 'older') ask(log.first - s.limit, log.first - 1);
          if (s.do === 'newer') ask(lastOf(log) + 1, lastOf(log) + s.limit);
          if (s.do === 'jump') ask(s.pick - s.limit, s.pick + s.limit, true);
          if (s.do === 'end') ask(log.number - s.limit, log.number, true);
          if (s.do === 'cut back') log = cutBack(log, { first: s.pick, last: s.pick + 1 }, s.most);
          if (s.do === 'restart' && model.number() > 0) {
            // Then the channel is joined anew from there, which brings its details in any case.
            const page = model.page(Math.min(s.pick + 1, model.number()), s.pick + s.limit + 1);
            log = applySynced(restartedAt(log, page, me), { ...model.since(page.version, 3), details: model.joined(1).channel }, me);
          }
          if (s.do === 'head') log = applyHead(log, { number: model.number(), version: model.version() });
          if (s.do === 'cut') onTheWay.splice(s.pick);
          if (s.do === 'deliver' && onTheWay.length > 0) {
            const at = s.pick % onTheWay.length;
            const frames = onTheWay.slice(at, at + s.together);
            if (!s.again) onTheWay.splice(at, s.together);
            const isEvent = (frame: (typeof onTheWay)[number]) => frame.type !== 'synced' && frame.type !== 'paged';
            if (frames.every(isEvent)) log = applyEvents(log, frames.filter(isEvent), me);
            else for (const frame of frames) receive(frame);
          }
        }
        // The wire is whole again: what is still on the way comes, the head is told, the client syncs until nothing is missing.
        for (const frame of onTheWay) receive(frame);
        log = applyHead(log, { number: model.number(), version: model.version() });
        for (let rounds = 0; isBehind(log) && rounds < 200; rounds++) log = applySynced(log, model.since(log.version, 3), me);
        expect(isBehind(log)).toBe(false);
        expect(lastOf(log) === model.number()).toBe(log.atEnd);
        const fresh = fromJoined(model.joined(model.number()));
        const { messages, ...mine } = model.page(log.first, lastOf(log));
        const marks = mine.mine.map(({ number, ...mark }) => [number, mark]);
        expect(view(log)).toEqual({ ...view(fresh), messages, marks });
        expect(log.aside.size).toBe(0);
      },
    ),
    example,
  );
});
