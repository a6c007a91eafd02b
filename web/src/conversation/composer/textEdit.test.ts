import { describe, expect, it } from 'vitest';
import { askedAt, code, insert, isInCode, link, newLine, prefix, replaced, type Text, wrap } from './textEdit.ts';

/** `[` and `]` stand for the selection, `|` for the caret. */
function text(marked: string): Text {
  const caret = marked.indexOf('|');
  if (caret !== -1) return { body: marked.replace('|', ''), start: caret, end: caret };
  const start = marked.indexOf('‹');
  return { body: marked.replace(/[‹›]/g, ''), start, end: marked.indexOf('›') - 1 };
}

function marked({ body, start, end }: Text): string {
  if (start === end) return `${body.slice(0, start)}|${body.slice(start)}`;
  return `${body.slice(0, start)}‹${body.slice(start, end)}›${body.slice(end)}`;
}

describe('formatting', () => {
  it.each([
    ['a ‹word› b', '**', 'a **‹word›** b'],
    ['a **‹word›** b', '**', 'a ‹word› b'],
    ['a ‹**word**› b', '**', 'a ‹word› b'],
    ['a ‹word ›b', '**', 'a **‹word›** b'],
    ['a **‹word›** b', '*', 'a ***‹word›*** b'],
    ['a ***‹word›*** b', '*', 'a **‹word›** b'],
    ['a |b', '**', 'a **|**b'],
    ['a **|**', '**', 'a |'],
  ])('%s with %s is %s', (before, mark, after) => expect(marked(wrap(text(before), mark))).toBe(after));

  it('makes code of words and blocks of lines', () => {
    expect(marked(code(text('a ‹b› c')))).toBe('a `‹b›` c');
    expect(marked(code(text('x‹a\nb›')))).toBe('x\n```\n‹a\nb›\n```');
  });

  it('makes links, and selects what is to be typed', () => {
    expect(marked(link(text('see ‹this›')))).toBe('see [this](‹https://›)');
    expect(marked(link(text('see |')))).toBe('see [|](https://)');
    expect(marked(link(text('‹https://example.org›')))).toBe('[|](https://example.org)');
  });

  it('marks lines, and takes the marks away again', () => {
    expect(prefix(text('‹a\nb›'), '> ').body).toBe('> a\n> b');
    expect(prefix(text('‹> a\n> b›'), '> ').body).toBe('a\nb');
    expect(prefix(text('‹a\nb›'), '1. ').body).toBe('1. a\n2. b');
    expect(marked(prefix(text('a\nb|'), '- '))).toBe('a\n- b|');
  });

  it.each([
    ['- a|', '- a\n- |'],
    ['9. a|', '9. a\n10. |'],
    ['> a|', '> a\n> |'],
    ['  * a|', '  * a\n  * |'],
    ['- a\n- |', '- a\n|'],
    ['a|', null],
    ['-a|', null],
  ])('a new line after %j', (before, after) => {
    const next = newLine(text(before));
    expect(next === null ? null : marked(next)).toBe(after);
  });

  it('inserts at the caret', () => expect(marked(insert(text('a‹b›c'), '😀'))).toBe('a😀|c'));
});

it('replaces words while one types on', () => {
  expect(marked(replaced(text('a :tada: b|'), 2, ':tada:', '🎉'))).toBe('a 🎉 b|');
  expect(marked(replaced(text('a :tad| b'), 2, ':tada:', '🎉'))).toBe('a :tad| b');
});

describe('what is being completed', () => {
  it.each([
    ['@', { sign: '@', query: '', from: 0 }],
    ['Hi @an', { sign: '@', query: 'an', from: 3 }],
    ['(@Åsa', { sign: '@', query: 'Åsa', from: 1 }],
    ['nice :smi', { sign: ':', query: 'smi', from: 5 }],
    [':+1', { sign: ':', query: '+1', from: 0 }],
    ['ana@ex', null],
    ['at 12:30', null],
    ['ok :s', null],
    ['a:smile', null],
    ['@ana ', null],
    ['```\n@an', null],
    ['```\nx\n```\n@an', { sign: '@', query: 'an', from: 10 }],
  ])('%j', (body, asked) => expect(askedAt(body, body.length)).toEqual(asked));

  it('knows blocks of code', () => {
    expect(isInCode('```\na', 5)).toBe(true);
    expect(isInCode('```\na\n```\n', 10)).toBe(false);
  });
});
