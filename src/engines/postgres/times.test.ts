import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { connect, isoTime } from './index.ts';
import { freshDatabase } from './testing.ts';

const database = await freshDatabase();
const sql = connect(database.url, { max: 1, name: 'times' });
afterAll(async () => {
  await sql.end();
  await database.drop();
});

test('a time as text is the same in ISO 8601, whatever zone the database is in', async () => {
  await sql.unsafe(`alter database "${new URL(database.url).pathname.slice(1)}" set timezone = 'Asia/Kathmandu'`);
  const fresh = connect(database.url, { max: 1, name: 'times' });
  const times = fc.array(fc.date({ min: new Date('1970-01-01'), max: new Date('9999-01-01'), noInvalidDate: true }), { minLength: 30 });
  try {
    await fc.assert(
      fc.asyncProperty(times, async (given) => {
        const iso = given.map((at) => at.toISOString());
        const rows = await fresh<{ at: string }[]>`select at::timestamptz::text as at from unnest(${iso}::text[]) as t (at)`;
        expect(rows.map(({ at }) => isoTime(at))).toEqual(iso);
      }),
      { numRuns: 20 },
    );
  } finally {
    await fresh.end();
  }
});

test.each([
  ['2026-03-01 12:00:00+00', '2026-03-01T12:00:00.000Z'],
  ['2026-03-01 12:00:00.5+00', '2026-03-01T12:00:00.500Z'],
  ['2026-03-01 12:00:00.123456+00', '2026-03-01T12:00:00.123Z'],
])('%s', (text, iso) => {
  expect(isoTime(text)).toBe(iso);
});
