import { expect, test } from 'vitest';
import type { Message } from '../../contracts/nouns.ts';
import { type Acknowledged, findings, type History } from './checker.ts';
import { createCopy } from './copy.ts';

const person = { id: '7', handle: 'ana', name: 'Ana', bot: false, avatar: null };

function message(number: number, version = number): Message {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    ...{ channel: '5', number, version, author: '7', key: `k${number}`, body: `b${number}`, replyTo: null, reactions: [] },
    ...{ mentions: [], link: null, createdAt: at, editedAt: null, deletedAt: null, pinnedAt: null },
  };
}

function posted(number: number): Acknowledged {
  return {
    kind: 'post',
    author: '7',
    key: `k${number}`,
    body: `b${number}`,
    number,
    version: number,
    repeated: false,
    begun: number,
    ended: number + 0.5,
  };
}

/** Three messages, each acknowledged, heard by one reader. */
function sound() {
  const all = [1, 2, 3].map((number) => message(number));
  const [live, fresh] = [createCopy('5'), createCopy('5')];
  live.take({
    type: 'events',
    channel: '5',
    events: all.map((each) => ({ type: 'posted', channel: '5', version: each.version, by: person, message: each })),
  });
  fresh.take({ type: 'synced', channel: '5', since: 0, version: 3, number: 3, messages: all, mine: [], people: [], gap: false });
  return {
    versionBefore: 0,
    acknowledged: [1, 2, 3].map(posted),
    attempts: 3,
    editsSent: new Map<number, Set<string>>(),
    copies: [live],
    fresh,
    paged: all,
  };
}

test('a sound log has no findings', () => {
  expect(findings(sound())).toEqual([]);
});

const defects: { [name: string]: [RegExp, (history: ReturnType<typeof sound>) => Partial<History> | undefined] } = {
  'a lost message': [/\[L3\] acknowledged as 2 and lost/, ({ fresh }) => void fresh.messages.delete(2)],
  'a missing number': [/\[L1\] place 2 of the log holds number 3/, ({ fresh }) => void fresh.messages.delete(2)],
  'a message twice': [/\[L4\] 7\/k3 is there 2 times/, ({ fresh }) => void fresh.messages.set(4, { ...message(4), key: 'k3' })],
  'another number than told': [
    /\[L1\] acknowledged as 9, found at 3/,
    ({ acknowledged }) => ({ acknowledged: acknowledged.map((a) => (a.number === 3 ? { ...a, number: 9 } : a)) }),
  ],
  'a version given twice': [
    /\[L2\] version 2 was given twice/,
    ({ acknowledged }) => ({ acknowledged: acknowledged.map((a) => (a.number === 3 ? { ...a, version: 2 } : a)) }),
  ],
  'a version beyond the end': [
    /\[L2\] version 8 was acknowledged, and the log ends at 3/,
    ({ acknowledged }) => ({ acknowledged: acknowledged.map((a) => (a.number === 3 ? { ...a, version: 8 } : a)) }),
  ],
  'more changes than were sent': [/\[L2\] 2 changes were sent, and the version moved by 3/, () => ({ attempts: 2 })],
  'fewer versions than changes': [/\[L2\] 3 changes were acknowledged, and the version moved by 2/, () => ({ versionBefore: 1 })],
  'a lost edit': [
    /\[L3\] the edit of 2 at version 3 said new/,
    ({ acknowledged }) => ({ acknowledged: [...acknowledged, { ...posted(2), kind: 'edit', body: 'new', version: 3 }] }),
  ],
  'a lost delete': [
    /\[L3\] the acknowledged delete of 2 is lost/,
    ({ acknowledged }) => ({ acknowledged: [...acknowledged, { ...posted(2), kind: 'delete' }] }),
  ],
  'an order turned round': [
    /\[L1\] the post of 1 got version 1 after 3/,
    ({ acknowledged }) => ({ acknowledged: acknowledged.map((a) => (a.number === 1 ? { ...a, begun: 9, ended: 10 } : a)) }),
  ],
  'a reader left behind': [/\[L8\] 1 readers end at version 2/, ({ copies }) => void Object.assign(copies[0] ?? {}, { version: 2 })],
  'a reader with other content': [
    /\[L8\] 1 readers hold something else/,
    ({ copies }) => void copies[0]?.messages.set(2, { ...message(2), body: 'else' }),
  ],
  'pages that differ': [/\[L7\] pages/, ({ paged }) => ({ paged: paged.slice(1) })],
  'events that differ': [
    /\[L6\] reader 0 heard version 2 twice, differently/,
    ({ copies }) =>
      copies[0]?.take({
        type: 'events',
        channel: '5',
        events: [{ type: 'posted', channel: '5', version: 2, by: person, message: message(9, 2) }],
      }) as undefined,
  ],
  'an event that never was': [
    /\[L5\] version 4 was heard, and the log ends at 3/,
    ({ copies }) =>
      copies[0]?.take({
        type: 'events',
        channel: '5',
        events: [{ type: 'posted', channel: '5', version: 4, by: person, message: message(4) }],
      }) as undefined,
  ],
};

test.each(Object.entries(defects))('the checker finds %s', (_, [says, plant]) => {
  const history = sound();
  expect(findings({ ...history, ...plant(history) }).join('\n')).toMatch(says);
});
