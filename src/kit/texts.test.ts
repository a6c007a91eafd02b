import { expect, test } from 'vitest';
import { createTexts, likedBest } from './texts.ts';

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['de', 'de'],
  ['de-AT,de;q=0.9,en;q=0.8', 'de'],
  ['fr-FR, DE;q=0.5, en;q=0.4', 'de'],
  ['en;q=0.3, de;q=0.9', 'de'],
  ['en, de', 'en'],
  ['de;q=0, fr', 'en'],
  ['*', 'en'],
  ['de;q=x', 'de'],
  [`${'x,'.repeat(10_000)}de`, 'en'],
] as const)('%s is content with %s', (header, language) => {
  expect(likedBest(header, ['en', 'de'])).toBe(language);
});

test('a text has its values and plurals', () => {
  const t = createTexts('de', { comments: '{count, plural, one {# Kommentar} other {# Kommentare}}' });
  expect([t('comments', { count: 1 }), t('comments', { count: 1234 })]).toEqual(['1 Kommentar', '1.234 Kommentare']);
});
