import { expect, test } from 'vitest';
import { similarity } from './fuzzy.ts';

const best = (typed: string, ...texts: string[]) =>
  texts.filter((text) => similarity(typed, text) > 0).toSorted((a, b) => similarity(typed, b) - similarity(typed, a));

test('a beginning comes before the beginning of a word, and that before a part', () => {
  expect(best('gar', 'Sugar', 'The Garden', 'Garden club')).toEqual(['Garden club', 'The Garden', 'Sugar']);
});

test('of equals the shorter text comes first', () => {
  expect(best('gen', 'general questions', 'general')).toEqual(['general', 'general questions']);
});

test('letters in order are enough, and closer ones are better', () => {
  expect(best('grd', 'grand opening', 'garden', 'dog')).toEqual(['garden', 'grand opening']);
});

test('letters strewn over a text are chance', () => {
  expect(best('ma', 'Film Photography', 'mercado', 'Kamala')).toEqual(['Kamala']);
});

test('case and accents do not matter', () => {
  expect(similarity('cafe', 'Café')).toBeGreaterThan(4);
  expect(similarity('ÉT', 'etude')).toBeGreaterThan(4);
});

test('nothing typed fits everything', () => {
  expect(similarity(' ', 'anything')).toBeGreaterThan(0);
});
