import { expect, test } from 'vitest';
import { words, wordsFor } from '../../../src/faces/web/words.ts';
import { languages } from './index.ts';

test('the server speaks the languages of the page', () => {
  expect(Object.keys(words)).toEqual(Object.keys(languages));
  for (const language of Object.keys(languages)) expect(wordsFor(language).language).toBe(language);
});
