import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChannelEvent } from '../contracts/events.ts';
import type { Channel, Message, Person } from '../contracts/nouns.ts';
import type { MyReaction, ServerFrame } from '../contracts/wire.ts';
import { applyEvent, applyHead, applyPaged, applySynced, type ChannelLog, fromJoined, isBehind } from './channelLog.ts';

type Frame<T> = Extract<ServerFrame, { type: T }>;

const people: Person[] = ['1', '2'].map((id) => ({ id, handle: `p${id}`, name: id, bot: false }));
const person = (i: number): Person => people[i % people.length] ?? { id: '1', handle: 'p1', name: '1', bot: false };
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
    createdBy: null,
    createdAt: '',
    chatNumber: null,
  };
  let version = 0;
  let detailsVersion = 0;
  const messages: Message[] = [];
  const own = new Map<number, Set<string>>();
  const mineOf = (list: readonly Message[]): MyReaction[] =>
    list.flatMap((m) => (own.get(m.number)?.size ? [{ number: m.number, emoji: [...(own.get(m.number) ?? [])] }] : []));
  const base = () => ({ channel: '9', version: ++version });

  return {
    write(kind: number, pick: number): ChannelEvent {
      const by = person(pick);
      const target = messages[pick % Math.max(messages.length, 1)];
      const put = (message: Message) => {
        messages[message.number - 1] = message;
        return { message };
      };
      if (kind === 0 || target === undefined || (kind < 4 && target.deletedAt !== null)) {
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
    before(number: number, limit: number): Frame<'paged'> {
      const list = messages.slice(Math.max(number - 1 - limit, 0), number - 1);
      return { type: 'paged', channel: '9', version, messages: list, mine: mineOf(list), people: [], more: { before: false, after: true } };
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
  mine: [...log.mine].filter(([number, emoji]) => number >= log.first && emoji.length > 0).toSorted(([a], [b]) => a - b),
});

const write = fc.record({ do: fc.constant('write' as const), kind: fc.integer({ min: 0, max: 5 }), pick: fc.nat(20) });
const step = fc.oneof(
  { weight: 8, arbitrary: write },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), pick: fc.nat(50), again: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), pick: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), limit: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('older' as const), limit: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('head' as const) }) },
);

test('[L7] [L8] [L12] whatever is cut, delayed, repeated or reordered, a client that syncs ends where a fresh reader is', () => {
  fc.assert(
    fc.property(
      fc.array(write, { maxLength: 15 }),
      fc.integer({ min: 1, max: 10 }),
      fc.array(step, { maxLength: 80 }),
      (before, window, steps) => {
        const model = createModel();
        for (const { kind, pick } of before) model.write(kind, pick);
        // Subscribed first; what is written while the snapshot is on its way comes as events that may be older or newer.
        let log = fromJoined(model.joined(window));
        const onTheWay: (ChannelEvent | Frame<'synced'> | Frame<'paged'>)[] = [];
        const receive = (frame: (typeof onTheWay)[number]) => {
          const { version } = log;
          if (frame.type === 'synced') log = applySynced(log, frame, me);
          else if (frame.type === 'paged') log = applyPaged(log, frame) ?? log;
          else log = applyEvent(log, frame, me);
          expect(log.version).toBeGreaterThanOrEqual(version);
        };
        for (const s of steps) {
          if (s.do === 'write') onTheWay.push(model.write(s.kind, s.pick));
          if (s.do === 'ask') onTheWay.push(model.since(log.version, s.limit));
          if (s.do === 'older') onTheWay.push(model.before(log.first, s.limit));
          if (s.do === 'head') log = applyHead(log, { number: model.number(), version: model.version() });
          if (s.do === 'cut') onTheWay.splice(s.pick);
          if (s.do === 'deliver' && onTheWay.length > 0) {
            const at = s.pick % onTheWay.length;
            const frame = onTheWay[at];
            if (!s.again) onTheWay.splice(at, 1);
            if (frame !== undefined) receive(frame);
          }
        }
        // The wire is whole again: what is still on the way comes, the head is told, the client syncs until nothing is missing.
        for (const frame of onTheWay) receive(frame);
        log = applyHead(log, { number: model.number(), version: model.version() });
        for (let rounds = 0; isBehind(log) && rounds < 200; rounds++) log = applySynced(log, model.since(log.version, 3), me);
        expect(isBehind(log)).toBe(false);
        const size = Math.max(log.messages.length, 0);
        const fresh = fromJoined(model.joined(size === 0 ? 1 : size));
        if (size > 0) expect(view(log)).toEqual(view(fresh));
        else expect(log.version).toBe(model.version());
        expect(log.aside.size).toBe(0);
      },
    ),
    { numRuns: 5000 },
  );
});
