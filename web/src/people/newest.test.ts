import { expect, test } from 'vitest';
import type { MyChannel } from '../../../contracts/wire.ts';
import { hasMoved, type Known, newestFirst } from './newest.ts';

const knownAt = (version: number, number: number, at = '2026-03-01T00:00:00Z'): Known => ({
  asked: version,
  version,
  number,
  last: { at, author: null, words: '' },
});

function channel(id: string, createdAt: string): MyChannel {
  const of = {
    kind: 'group',
    community: null,
    name: id,
    topic: '',
    photo: null,
    tags: [],
    visibility: 'private',
    posting: 'everyone',
  } as const;
  const made = { ...of, id, archived: false, accepted: null, createdBy: null, createdAt, chatNumber: null, tags: [] };
  return { channel: made, number: 0, version: 0, read: 0, mentions: 0, people: [] };
}

test('what is not known, was written or was changed since is asked for', () => {
  expect(hasMoved({ number: 3, version: 5 }, undefined)).toBe(true);
  expect(hasMoved({ number: 3, version: 5 }, knownAt(5, 3))).toBe(false);
  expect(hasMoved({ number: 3, version: 6 }, knownAt(5, 3))).toBe(true);
  expect(hasMoved({ number: 4, version: 5 }, knownAt(5, 3))).toBe(true);
});

test('an answer ahead of what was heard is not asked for again when that is heard', () => {
  const ahead = { ...knownAt(7, 4), asked: 5 };
  expect(hasMoved({ number: 3, version: 5 }, ahead)).toBe(false);
  expect(hasMoved({ number: 4, version: 7 }, ahead)).toBe(false);
  expect(hasMoved({ number: 4, version: 8 }, ahead)).toBe(true);
});

test('[L13] after a restore from an older backup it is asked for again', () => {
  expect(hasMoved({ number: 2, version: 3 }, knownAt(5, 3))).toBe(true);
});

test('the newest message stands first; where nothing was said, it counts from when it was made', () => {
  const channels = [
    channel('old', '2026-01-01T00:00:00Z'),
    channel('empty', '2026-02-01T00:00:00Z'),
    channel('busy', '2025-01-01T00:00:00Z'),
  ];
  const known = new Map([
    ['busy', knownAt(9, 9, '2026-03-01T00:00:00Z')],
    ['old', knownAt(1, 1, '2026-01-02T00:00:00Z')],
  ]);
  expect(newestFirst(channels, known).map((mine) => mine.channel.id)).toEqual(['busy', 'empty', 'old']);
});
