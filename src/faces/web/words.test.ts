import { expect, test } from 'vitest';
import { languages } from '../../../web/src/texts/index.ts';
import { words, wordsFor } from './words.ts';

test('the server speaks the languages of the page', () => {
  expect(Object.keys(words)).toEqual(Object.keys(languages));
  for (const language of Object.keys(languages)) expect(wordsFor(language).language).toBe(language);
});
