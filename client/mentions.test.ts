import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Channel } from '../contracts/nouns.ts';
import type { MyChannel } from '../contracts/wire.ts';
import { callsFrom, countOf, readUpTo, withCall } from './mentions.ts';

const channel: Channel = {
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

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('post' as const), calls: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('edit' as const), number: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), number: fc.integer({ min: 1, max: 12 }), loaded: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lists' as const }) },
);

test('the count of unread mentions is exact, or known not to be', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 5 }), fc.array(step, { maxLength: 30 }), (before, steps) => {
      const called = new Set(before.flatMap((calls, i) => (calls ? [i + 1] : [])));
      let number = before.length;
      let read = 0;
      const unread = () => [...called].filter((one) => one > read).length;
      const lists = (): MyChannel => ({ channel, number, version: number, read, mentions: unread(), people: [] });
      let calls = callsFrom(lists());
      for (const s of steps) {
        if (s.do === 'post') {
          number++;
          if (s.calls) {
            called.add(number);
            calls = withCall(calls, number, true);
          }
        } else if (s.do === 'edit' && s.number <= number) {
          const on = !called.has(s.number);
          if (on) called.add(s.number);
          else called.delete(s.number);
          calls = withCall(calls, s.number, on);
        } else if (s.do === 'read' && s.number <= number) {
          read = Math.max(read, s.number);
          const among = (from: number, to: number) => [...called].filter((one) => one > from && one <= to).length;
          calls = readUpTo(calls, read, s.loaded ? among : () => null);
        } else if (s.do === 'lists') calls = callsFrom(lists(), calls);
        if (calls.sure) expect(countOf(calls)).toBe(unread());
      }
      // Reading all of it leaves nothing in doubt.
      expect(countOf(readUpTo(calls, number, () => null))).toBe(0);
      expect(countOf(callsFrom(lists(), calls))).toBe(unread());
    }),
    { numRuns: 5000 },
  );
});
