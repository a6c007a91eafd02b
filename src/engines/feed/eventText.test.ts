import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChannelEvent } from '../../../contracts/events.ts';
import type { Message, Person } from '../../../contracts/nouns.ts';
import { eventText } from './eventText.ts';

const id = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String);
const count = fc.nat();
const text = fc.string({ unit: 'binary' });
const at = fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString());
const person: fc.Arbitrary<Person> = fc.record({ id, handle: text, name: text, bot: fc.boolean(), avatar: fc.option(text) });
const message: fc.Arbitrary<Message> = fc.record({
  channel: id,
  number: count,
  version: count,
  author: id,
  key: fc.option(text),
  body: fc.option(text),
  replyTo: fc.option(count),
  reactions: fc.array(fc.record({ emoji: text, count })),
  mentions: fc.array(id),
  link: fc.option(fc.record({ channel: id, number: count })),
  createdAt: at,
  editedAt: fc.option(at),
  deletedAt: fc.option(at),
  pinnedAt: fc.option(at),
});
const events: fc.Arbitrary<ChannelEvent> = fc.record({
  type: fc.constantFrom('posted' as const, 'edited' as const),
  channel: id,
  version: count,
  by: person,
  message,
});

test('an event is the text that JSON.stringify makes of it, also of a person who writes again', () => {
  fc.assert(
    fc.property(events, (event) => {
      expect(eventText(event)).toBe(JSON.stringify(event));
      expect(eventText({ ...event, version: 1 })).toBe(JSON.stringify({ ...event, version: 1 }));
    }),
  );
});
