import { expect, test } from 'vitest';
import { slugOf } from './slug.ts';

test.each([
  ['Café Zürich!', 'cafe-zurich'],
  ['  Night   Walkers ', 'night-walkers'],
  ['東京 の 会', '東京-の-会'],
  ['Straße & Øl', 'strasse-ol'],
  ['2026', 'c-2026'],
  ['!!!', ''],
  ['a'.repeat(80), 'a'.repeat(50)],
])('%s becomes %s', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
