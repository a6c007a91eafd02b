import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, type Pool } from './index.ts';
import { migrate, readMigrations } from './migrate.ts';
import { statements } from './statements.ts';
import { type FreshDatabase, freshDatabase } from './testing.ts';

let database: FreshDatabase;
let sql: Pool;
let folder: string;

beforeEach(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 1, name: 'test' });
  // As empty as before the first migration.
  await sql`drop table if exists migrations`;
  folder = mkdtempSync(join(tmpdir(), 'plaza-migrations-'));
  write('0001_fish.sql', 'create table fish (id integer primary key);');
});

afterEach(async () => {
  await sql.end();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const run = () => migrate(database.url, readMigrations(folder));

test('does what is missing, once, whoever else does it at the same moment', async () => {
  const done = await Promise.all([run(), run(), run()]);
  expect(done.flat()).toEqual(['0001_fish']);
  write('0002_birds.sql', 'create table birds (id integer primary key);');
  expect(await run()).toEqual(['0002_birds']);
  expect(await sql`select number, name from migrations order by number`).toEqual([
    { number: 1, name: '0001_fish' },
    { number: 2, name: '0002_birds' },
  ]);
});

test('a migration that fails leaves nothing behind', async () => {
  write('0002_birds.sql', 'create table birds (id integer);\ninsert into nowhere values (1);');
  await expect(run()).rejects.toThrow(/nowhere/);
  expect(await sql`select to_regclass('birds') as birds, (select count(*)::int from migrations) as done`).toEqual([
    { birds: null, done: 1 },
  ]);
});

test('refuses a database that a newer Plaza wrote', async () => {
  write('0002_birds.sql', 'create table birds (id integer);');
  await run();
  rmSync(join(folder, '0002_birds.sql'));
  await expect(run()).rejects.toThrow(
    'The database was written by a newer Plaza (migration 0002_birds); start that version, or restore a backup from before.',
  );
});

test('refuses to go on when an applied file was changed', async () => {
  await run();
  write('0001_fish.sql', 'create table fish (id bigint primary key);');
  await expect(run()).rejects.toThrow(/another 0001_fish/);
});

test('steps that cannot run inside a transaction run one by one', async () => {
  write(
    '0002_index.sql',
    "-- outside a transaction\nalter table fish add name text default 'a;b';\ncreate index concurrently fish_by_name on fish (name);\n",
  );
  expect(await run()).toEqual(['0001_fish', '0002_index']);
  expect(await sql`select indisvalid from pg_index where indexrelid = 'fish_by_name'::regclass`).toEqual([{ indisvalid: true }]);
});

test('numbers have no gaps and names a form', () => {
  write('0003_later.sql', '');
  expect(() => readMigrations(folder)).toThrow(/0003_later should be number 2/);
  write('2_birds.sql', '');
  expect(() => readMigrations(folder)).toThrow(/2_birds.sql is not named/);
});

test('a script falls apart into its statements', () => {
  const script = `select ';' ; -- not; here\n/* nor; here */ create function f() returns text language sql as $x$ select 'a;b'; $x$;\n select "odd;name";\n-- the end`;
  expect(statements(script).map((text) => text.replace(/^(--.*|\/\*.*?\*\/)\s*/gm, ''))).toEqual([
    "select ';'",
    "create function f() returns text language sql as $x$ select 'a;b'; $x$",
    'select "odd;name"',
  ]);
});
