import { expect, test } from 'vitest';
import type { Personal } from '../../../client/client.ts';
import type { Channel } from '../../../contracts/nouns.ts';
import { caughtUp, listedAfter } from './listed.ts';

const here = { community: '7', me: '1' };
const one = { id: '10', title: 'Trains', read: 3, lastNumber: 5, unread: 2, unreadMentions: 0 };
const other = { ...one, id: '11', title: 'Boats' };
const list = [one, other];
const created = (channel: Partial<Channel>) => ({ type: 'channel_created', channel: { kind: 'discussion', ...channel } }) as Personal;

test('a new discussion of the community stands first, once; another community’s, or a chat, does not', () => {
  const [first, ...rest] = listedAfter(list, created({ id: '12', name: 'Kites', community: '7' }), here);
  expect(first).toMatchObject({ id: '12', title: 'Kites', read: 0 });
  expect(rest).toEqual(list);
  expect(listedAfter(list, created({ id: '10', name: 'Trains', community: '7' }), here)).toBe(list);
  expect(listedAfter(list, created({ id: '12', name: 'Kites', community: '8' }), here)).toBe(list);
  expect(listedAfter(list, created({ id: '12', name: 'Kites', community: '7', kind: 'chat' }), here)).toBe(list);
});

test('a list stays as long as it was', () => {
  const eight = Array.from({ length: 8 }, (_, i) => ({ ...one, id: String(i) }));
  expect(listedAfter(eight, created({ id: '12', name: 'Kites', community: '7' }), here).map(({ id }) => id)).toEqual([
    '12',
    '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
  ]);
});

test('what was read elsewhere is read here, and never goes back', () => {
  expect(listedAfter(list, { type: 'read', channel: '10', number: 5 }, here)[0]).toMatchObject({ read: 5, unread: 0 });
  expect(listedAfter(list, { type: 'read', channel: '10', number: 1 }, here)[0]).toEqual(one);
});

test('a mention counts, and tells that there is more to read; taken back it counts no more', () => {
  const called = listedAfter(list, { type: 'mentioned', channel: '10', number: 6, on: true }, here);
  expect(called[0]).toMatchObject({ lastNumber: 6, unread: 3, unreadMentions: 1 });
  expect(listedAfter(called, { type: 'mentioned', channel: '10', number: 6, on: false }, here)[0]).toMatchObject({ unreadMentions: 0 });
  expect(listedAfter(called, { type: 'read', channel: '10', number: 6 }, here)[0]).toMatchObject({ unread: 0, unreadMentions: 0 });
});

test('whoever calls everyone is not called', () => {
  const everyone = (by: string): Personal => ({ type: 'everyone_mentioned', channel: '11', number: 6, by, on: true });
  expect(listedAfter(list, everyone('1'), here)).toBe(list);
  expect(listedAfter(list, everyone('2'), here)[1]).toMatchObject({ unreadMentions: 1 });
});

test('an answer from before what was heard has it all the same, and one from after has it once', () => {
  const heard: Personal[] = [
    created({ id: '12', name: 'Kites', community: '7' }),
    { type: 'read', channel: '10', number: 5 },
    { type: 'mentioned', channel: '11', number: 5, on: true },
  ];
  const caught = caughtUp(list, heard, here);
  expect(caught.map(({ id, read, unreadMentions }) => [id, read, unreadMentions])).toEqual([
    ['12', 0, 0],
    ['10', 5, 0],
    ['11', 3, 0],
  ]);
  expect(caughtUp(caught, heard, here)).toEqual(caught);
});
