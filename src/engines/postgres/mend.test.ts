import { afterAll, beforeAll, expect, test } from 'vitest';
import { isConnectionLoss } from '../../kit/connectionLoss.ts';
import { connect, type Pool } from './index.ts';
import { type FreshDatabase, freshDatabase } from './testing.ts';

let database: FreshDatabase;
let sql: Pool;
let other: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 1, name: 'victim' });
  other = connect(database.url, { max: 1, name: 'killer' });
  await sql`create table kept (n integer)`;
});
afterAll(async () => {
  await sql.end();
  await other.end();
  await database.drop();
});

const kill = () =>
  other`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim' and datname = current_database()`;
const loss = async (work: Promise<unknown>) =>
  isConnectionLoss(
    await work.then(
      () => null,
      (error: unknown) => error,
    ),
  );

test('a query whose connection is killed fails, and the pool goes on', async () => {
  for (let i = 0; i < 20; i++) {
    const [failed] = await Promise.all([loss(sql`select pg_sleep(5)`), new Promise((resolve) => setTimeout(resolve, 10)).then(kill)]);
    expect(failed).toBe(true);
    expect(await sql`select 1 as n`).toEqual([{ n: 1 }]);
  }
});

test('a transaction whose connection is killed does nothing more, least of all in the transaction of another', async () => {
  await sql`truncate kept`;
  for (let i = 0; i < 20; i++) {
    const within = Promise.withResolvers<void>();
    const another = Promise.withResolvers<void>();
    const tried = Promise.withResolvers<boolean[]>();
    const lost = loss(
      sql.begin(async (tx) => {
        await tx`insert into kept values (1)`;
        within.resolve();
        await another.promise;
        tried.resolve(Promise.all([loss(tx`insert into kept values (2)`), loss(tx`commit`)]));
      }),
    );
    await within.promise;
    await kill();
    expect(await lost).toBe(true);
    await sql
      .begin(async (tx) => {
        await tx`insert into kept values (3)`;
        another.resolve();
        expect(await tried.promise).toEqual([true, true]);
        await tx`insert into kept values (4)`;
        throw new Error('rolled back');
      })
      .catch((error: Error) => expect(error.message).toBe('rolled back'));
  }
  expect(await sql`select n from kept`).toEqual([]);
});

test('connections that are killed again and again, with much under way, leave nothing unanswered', async () => {
  const pool = connect(database.url, { max: 6, name: 'victim' });
  let done = false;
  let answered = 0;
  const ask = async (work: () => Promise<unknown>) => {
    while (!done) {
      try {
        await work();
      } catch (error) {
        if (!isConnectionLoss(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      answered++;
    }
  };
  const asking = [
    ...Array.from({ length: 6 }, () => ask(() => pool`select 1`)),
    ...Array.from({ length: 6 }, () =>
      ask(() =>
        pool.begin(async (tx) => {
          await tx`insert into kept values (5)`;
          await Promise.all([tx`select 1`, tx`select 2`]);
        }),
      ),
    ),
  ];
  for (let i = 0; i < 40; i++) {
    const before = answered;
    await kill();
    while (answered < before + 20) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  done = true;
  await Promise.all(asking);
  await pool.end();
});
