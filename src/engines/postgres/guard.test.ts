import { expect, test } from 'vitest';
import { guarded } from './guard.ts';
import { connect } from './index.ts';

test('a database that is away is answered as unavailable, what a statement did wrong is not', async () => {
  const sql = connect('postgres://nobody@127.0.0.1:1/none', { max: 1, name: 'test' });
  const door = guarded({
    ask: async () => await sql`select 1`,
    wrong: () => Promise.reject(new Error('ours')),
    plain: (n: number) => n + 1,
  });
  await expect(door.ask()).rejects.toMatchObject({ code: 'unavailable', details: { retryAfter: 1 } });
  await expect(door.wrong()).rejects.toThrow('ours');
  expect(door.plain(1)).toBe(2);
  await sql.end();
});
