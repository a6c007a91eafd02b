import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { numbers } from './arrays.ts';
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
