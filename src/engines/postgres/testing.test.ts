import { expect, test } from 'vitest';
import { connect } from './index.ts';
import { freshDatabase } from './testing.ts';

test('each fresh database is migrated and apart from the others', async () => {
  const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);
  const pools = [one, two].map((database) => connect(database.url, { max: 1, name: 'test' }));
  try {
    const [first, second] = await Promise.all(
      pools.map((sql) => sql`insert into applications (name) values ('x') returning (select count(*)::int from applications) as before`),
    );
    expect(first?.[0]?.['before']).toBe(1);
    expect(second?.[0]?.['before']).toBe(1);
  } finally {
    await Promise.all(pools.map((sql) => sql.end()));
    await Promise.all([one.drop(), two.drop()]);
  }
});
