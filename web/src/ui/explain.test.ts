import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { PlazaError } from '../../../contracts/errors.ts';
import { hasText, setLanguage, t } from '../texts/index.ts';
import { explain } from './explain.ts';

/** What no form of the page can bring about: for the makers of programs. */
const forPrograms = /^(own-application-only|token-.*|not-a-text|visibility|no-time|picture-uploaded|nothing-allows-it|one-of-two)$/;

const read = (path: string) => readFileSync(path, 'utf8');
const sources = ['src/kit', 'src/domains'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('test'))
    .map((path) => read(`${folder}/${path}`)),
);
const rulesOfPolicy = (JSON.parse(read('policies/rules.json')) as { id: string; then: string }[])
  .filter(({ then }) => then === 'refuse')
  .map(({ id }) => id);
/** As details of a refusal, or as the second word of a `refuse` for a field, the first in `kit/text.ts`. */
const inSource = /\brule: '([a-z][a-z-]+)'|\brefuse\((?:'\w+'|field), '([a-z][a-z-]+)'|throw refuse\('([a-z][a-z-]+)'/g;
const rulesOfFields = sources.flatMap((source) => [...source.matchAll(inSource)].map(([, ...found]) => found.join('')));
const rules = [...new Set([...rulesOfPolicy, ...rulesOfFields])].filter((rule) => !forPrograms.test(rule));

test('every rule that can refuse a person has a text', () => {
  expect(rules.length).toBeGreaterThan(50);
  expect(rules.filter((rule) => !hasText(`refusal.${rule}`))).toEqual([]);
});

describe('a refusal', () => {
  vi.stubGlobal('document', { documentElement: {} });
  vi.stubGlobal('localStorage', { setItem() {} });
  const tooLong = new PlazaError('invalid_input', '"name" may have at most 80 characters.', { field: 'name', rule: 'too-long', limit: 80 });
  const unknown = new PlazaError('conflict', 'A sentence of the server.', { rule: 'from-the-future' });

  test('is told by its rule in the reader’s language, with its number', async () => {
    expect(explain(tooLong)).toBe('At most 80 characters.');
    await setLanguage('de');
    expect(explain(tooLong)).toBe('Höchstens 80 Zeichen.');
    await setLanguage('en');
  });

  test('of no known rule is told by the server in English, by its code in others', async () => {
    expect(explain(unknown)).toBe('A sentence of the server.');
    await setLanguage('de');
    expect(explain(unknown)).toBe(t('app.error.conflict'));
    await setLanguage('en');
  });
});
