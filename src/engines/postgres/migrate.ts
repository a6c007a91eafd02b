import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReservedSql } from 'postgres';
import { Advice } from '../../kit/advice.ts';
import { connect, type Sql } from './index.ts';
import { statements } from './statements.ts';

export interface Migration {
  number: number;
  /** `0001_ground` */
  name: string;
  text: string;
  checksum: string;
  /** Its first line is `-- outside a transaction`: for steps that PostgreSQL does not take inside one. */
  outside: boolean;
}

/** Any number will do, as long as nobody else locks the same. */
const lockKey = 7_049_301;

/** The files NNNN_name.sql of the folder, in order. */
export function readMigrations(folder: string): Migration[] {
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const number = Number(/^(\d{4})_\w+\.sql$/.exec(file)?.[1]);
      if (!number) throw new Error(`${file} is not named like 0001_ground.sql.`);
      const text = readFileSync(join(folder, file), 'utf8');
      return {
        number,
        name: file.slice(0, -'.sql'.length),
        text,
        checksum: createHash('sha256').update(text).digest('hex'),
        outside: text.startsWith('-- outside a transaction'),
      };
    });
  for (const [i, { number, name }] of migrations.entries())
    if (number !== i + 1) throw new Error(`${name} should be number ${i + 1}: migrations are numbered without gaps.`);
  return migrations;
}

/**
 * Brings the database up to date and answers the names of what was done. One process at a time: others wait.
 * @throws Advice when the database is newer than this program, or an applied file was changed since
 */
export async function migrate(url: string, migrations: readonly Migration[], say: (line: string) => void = () => {}): Promise<string[]> {
  const sql = connect(url, { max: 1, name: 'plaza-migrate' });
  const done: string[] = [];
  const one = await sql.reserve();
  try {
    await one`select pg_advisory_lock(${lockKey})`;
    await one`create table if not exists migrations (number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`;
    for (const migration of await pending(one, migrations)) {
      say(`Migrating the database: ${migration.name}`);
      await apply(one, migration);
      done.push(migration.name);
    }
  } finally {
    one.release();
    // Ends the session, and the lock with it.
    await sql.end();
  }
  return done;
}

/** What this database still lacks; nothing is changed. @throws Advice as `migrate` does */
export async function pending(sql: Sql, migrations: readonly Migration[]): Promise<Migration[]> {
  const [table] = await sql`select to_regclass('migrations') is not null as there`;
  const applied = table?.['there']
    ? await sql<{ number: number; name: string; checksum: string }[]>`select number, name, checksum from migrations order by number`
    : [];
  const newest = applied.at(-1);
  if (newest && newest.number > migrations.length) {
    throw new Advice(
      `The database was written by a newer Plaza (migration ${newest.name}); start that version, or restore a backup from before.`,
    );
  }
  for (const { number, name, checksum } of applied) {
    const file = migrations[number - 1];
    if (file?.checksum !== checksum) {
      throw new Advice(
        `The database was made with another ${name} than the file in migrations/ (its checksum differs); put that file back, or start with a new data folder.`,
      );
    }
  }
  return migrations.filter(({ number }) => !applied.some((row) => row.number === number));
}

async function apply(sql: ReservedSql, { number, name, text, checksum, outside }: Migration): Promise<void> {
  if (outside) for (const statement of statements(text)) await sql.unsafe(statement);
  else await sql.unsafe(`begin;\n${text}`);
  await sql`insert into migrations (number, name, checksum) values (${number}, ${name}, ${checksum})`;
  if (!outside) await sql.unsafe('commit');
}
