/** Every text there is says the same as by the library that knows all of ICU. */
import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';
import { format, type Message, parse, type Values } from '../../../markup/icu.ts';
import de from './de/index.ts';
import en from './en/index.ts';

const languages: Record<string, Record<string, string>> = { en, de };
const counts = [0, 1, 2, 5, 21, 1_234];

function names(message: Message): string[] {
  return message.flatMap((part) =>
    typeof part !== 'object' ? [] : [part.name, ...('ways' in part ? [...part.ways.values()].flatMap(names) : [])],
  );
}

function ways(message: Message): string[] {
  return message.flatMap((part) =>
    typeof part === 'object' && 'ways' in part
      ? [...(part.kind === 'select' ? part.ways.keys() : []), ...[...part.ways.values()].flatMap(ways)]
      : [],
  );
}

function same(text: string, language: string, values: Values): void {
  expect(format(parse(text), language, values)).toBe(
    String(new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).format(values)),
  );
}

test.each(Object.entries(languages))('every text in %s', (language, texts) => {
  for (const text of Object.values(texts)) {
    const given = names(parse(text));
    for (const count of counts) same(text, language, Object.fromEntries(given.map((name) => [name, count])));
    for (const way of ways(parse(text)))
      same(text, language, Object.fromEntries(given.map((name) => [name, way === 'other' ? 'else' : way])));
  }
});

test.each(Object.entries(languages))('%s has the same keys and asks for the same values as English', (_language, texts) => {
  expect(Object.keys(texts).toSorted()).toEqual(Object.keys(en).toSorted());
  for (const [key, text] of Object.entries(en)) expect(new Set(names(parse(texts[key] ?? ''))), key).toEqual(new Set(names(parse(text))));
});

test.each([
  ["It's {name}'s", { name: 'Ana' }],
  ["'{name}' is {name}, '''{'", { name: 'Ana' }],
  ['{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}} of {total}', { n: 22, total: 30 }],
  ['{who, select, her {{n, plural, one {her thing} other {her # things}}} other {# of {who}}}', { who: 'her', n: 3 }],
  ["{n, plural, =0 {nothing '#'} other {# '{#}'}}", { n: 4 }],
  ['# is a sign', {}],
])('%s', (text, values) => {
  same(text, 'en', values);
});

test.each(['{', '{name', '{n, plural, one {x}}', '}', '{n, nonsense, other {x}}'])('%s is refused', (text) => {
  expect(() => parse(text)).toThrow(SyntaxError);
});
