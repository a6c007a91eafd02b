import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { numbers, texts } from './arrays.ts';
import { connect, type Pool } from './index.ts';
import { type FreshDatabase, freshDatabase } from './testing.ts';

let database: FreshDatabase;
let sql: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 1, name: 'plaza-tests' });
});
afterAll(async () => {
  await sql?.end();
  await database?.drop();
});

test('PostgreSQL reads the same numbers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.maxSafeInteger())), async (values) => {
      const [row] = await sql<{ read: (number | null)[] }[]>`select array_to_json(${numbers(values)}::bigint[]) as read`;
      expect(row?.read).toEqual(values);
    }),
    { numRuns: 50 },
  );
});

test('PostgreSQL reads the same texts, and an empty one as null', async () => {
  const stored = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\u0000', '').replaceAll('\u001f', '\\"{,}'));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(stored), { minLength: 2 }), async (values) => {
      const [row] = await sql<{ read: (string | null)[] }[]>`
        select array_to_json(array(select unnest(string_to_array(${texts(values)}, E'\\x1f', '')))) as read`;
      expect(row?.read).toEqual(values.map((value) => value || null));
    }),
    { numRuns: 50 },
  );
});

test('a text that would be read as two is not sent', () => {
  expect(() => texts(['one', 'two\u001fthree'])).toThrow('U+001F');
});
