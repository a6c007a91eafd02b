import { describe, expect, it } from 'vitest';
import type { Message } from '../../../contracts/nouns.ts';
import { indexOfNumber, type Row, type RowsInput, rowsOf } from './rows.ts';

const noon = new Date(2026, 4, 5, 12).getTime();
const minute = 60_000;

function message(number: number, change: Partial<Message> & { minutes?: number } = {}): Message {
  const { minutes = number, ...rest } = change;
  return {
    channel: '1',
    number,
    version: number,
    author: '10',
    key: null,
    body: `message ${number}`,
    replyTo: null,
    reactions: [],
    mentions: [],
    link: null,
    createdAt: new Date(noon + minutes * minute).toISOString(),
    editedAt: null,
    deletedAt: null,
    pinnedAt: null,
    ...rest,
  };
}

function rows(input: Partial<RowsInput>, before?: readonly Row[]): Row[] {
  return rowsOf({ messages: [], marks: new Map(), pending: [], me: '10', newAfter: null, ...input }, before);
}

const heads = (list: readonly Row[]) => list.map((row) => row.head);

describe('rows of a conversation', () => {
  it('puts together what one person says within five minutes', () => {
    expect(heads(rows({ messages: [message(1), message(2), message(3, { minutes: 7 }), message(4, { minutes: 12.5 })] }))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(heads(rows({ messages: [message(1), message(2, { author: '11' }), message(3)] }))).toEqual([true, true, true]);
  });

  it('begins anew with a reply, after a deletion, and below a line', () => {
    expect(heads(rows({ messages: [message(1), message(2, { replyTo: 1 }), message(3)] }))).toEqual([true, true, false]);
    expect(heads(rows({ messages: [message(1), message(2, { deletedAt: 'x', body: null }), message(3)] }))).toEqual([true, true, true]);
    expect(heads(rows({ messages: [message(1, { author: '11' }), message(2, { author: '11' })], newAfter: 1 }))).toEqual([true, true]);
  });

  it('draws a day line above the first message of each day', () => {
    const list = rows({ messages: [message(1), message(2, { minutes: 11 * 60 + 59 }), message(3, { minutes: 12 * 60 + 1 })] });
    expect(list.map((row) => row.day !== null)).toEqual([true, false, true]);
    expect(heads(list)).toEqual([true, true, true]);
  });

  it('draws the "New" line once, above the first message of others that was not read', () => {
    const other = { author: '11' };
    const list = rows({ messages: [message(1, other), message(2), message(3, other), message(4, other)], newAfter: 1 });
    expect(list.map((row) => row.fresh)).toEqual([false, false, true, false]);
    expect(rows({ messages: [message(1, other)], newAfter: 1 }).some((row) => row.fresh)).toBe(false);
  });

  it('keeps the id of what I send when it arrives', () => {
    const pending = [{ key: 'k', body: 'hello', createdAt: new Date(noon).toISOString() }];
    const sent = rows({ pending });
    expect(sent[0]).toMatchObject({ kind: 'pending', id: 'k' });
    expect(rows({ messages: [message(1, { key: 'k' })] })[0]).toMatchObject({ kind: 'text', id: 'k' });
    expect(rows({ messages: [message(1, { key: 'k', author: '11' })] })[0]?.id).toBe('1');
  });

  it('leaves rows alone that did not change', () => {
    const messages = [message(1), message(2), message(3)];
    const before = rows({ messages });
    const marks = new Map([[2, { emoji: ['👍'], bookmarked: false }]]);
    const after = rows({ messages, marks }, before);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(after[2]).toBe(before[2]);
    const again = rows({ messages, marks: new Map([[2, { emoji: ['👍'], bookmarked: false }]]) }, after);
    expect(again[1]).toBe(after[1]);
  });

  it('finds a message by its number', () => {
    const list = rows({ messages: [message(7), message(8)], pending: [{ key: 'k', body: '', createdAt: new Date(noon).toISOString() }] });
    expect([6, 7, 8, 9].map((number) => indexOfNumber(list, number))).toEqual([-1, 0, 1, -1]);
  });
});
