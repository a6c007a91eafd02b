import { expect, test } from 'vitest';
import { excerpt } from './excerpt.ts';
import { markdown } from './markdown.ts';
import { mentions } from './mentions.ts';

const ana = '<a class="mention" href="/p/ana">@ana</a>';

test('a call becomes a link to the profile, one of everyone a mark', () => {
  expect(markdown('Hi @ana, and @everyone!')).toBe(`<p>Hi ${ana}, and <span class="mention">@everyone</span>!</p>\n`);
  expect(markdown('@Ana')).toBe('<p><a class="mention" href="/p/ana">@Ana</a></p>\n');
});

test.each([
  ['(@ana)', ['ana']],
  ['@ana.', ['ana']],
  ['**@ana** _@ben_', ['ana', 'ben']],
  ["@ana-maria's", ['ana-maria']],
  ['你好@ana', ['ana']],
  ['> @ana\n\n- @ben\n\n# @cleo', ['ana', 'ben', 'cleo']],
  ['a|b\n-|-\n@ana|2', ['ana']],
  ['@ana @Ana @ANA', ['ana']],
  ['@everyone', ['everyone']],
  ['@ana.com', ['ana.com']],
  // Code, links, addresses, and what is no handle.
  ['`@ana`', []],
  ['```\n@ana\n```', []],
  ['    @ana', []],
  ['[@ana](https://example.org)', []],
  ['![@ana](https://example.org/a.png)', []],
  ['<https://example.org/@ana>', []],
  ['https://example.org/@ana and example.org/@ana', []],
  ['ana@example.org', []],
  ['@ana@example.org', []],
  ['\\@ana', []],
  ['@a @ @-ana', []],
  [`@${'a'.repeat(31)}`, []],
])('%s calls %j', (body, called) => {
  expect(mentions(body)).toEqual(called);
});

test('what is shown as a call is one, and the other way round', () => {
  for (const body of ['a @ana b', '[@ana](x) @ben', '`@ana` @ben.', '@a_ @b-c- d@e']) {
    const shown = [...markdown(body).matchAll(/class="mention" href="\/p\/([^"]+)"/g)].map(([, handle]) => handle);
    expect(mentions(body)).toEqual(shown);
  }
});

test('at most fifty are called', () => {
  expect(mentions(Array.from({ length: 60 }, (_, i) => `@person${i}`).join(' '))).toHaveLength(50);
});

test('an address stays a link, also beside a call', () => {
  expect(markdown('@ana ana@example.org https://example.org/@ana')).toBe(
    `<p>${ana} <a href="mailto:ana@example.org">ana@example.org</a> <a href="https://example.org/@ana">https://example.org/@ana</a></p>\n`,
  );
  expect(markdown('![@ana](https://example.org/a.png)')).toContain('alt="@ana"');
});

test('an excerpt is plain, on one line, and no longer than asked', () => {
  expect(excerpt('# Hello\n\nthis is **bold**,\n`code` and [a link](https://example.org)', 200)).toBe(
    'Hello this is bold, code and a link',
  );
  expect(excerpt('word '.repeat(100), 20)).toBe('word word word…');
  expect(excerpt('x'.repeat(100), 20)).toHaveLength(20);
  expect(excerpt('😀'.repeat(100), 20).isWellFormed()).toBe(true);
  expect(excerpt('', 20)).toBe('');
});
