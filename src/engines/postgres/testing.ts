import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { connect, type Pool, sqlState } from './index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the tests' server, as a superuser, on its `postgres` database. */
    testServer: string;
    /** The migrated database that others are copied from. */
    testTemplate: string;
  }
}

export interface FreshDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A new migrated database of one's own on the tests' server; as a test ends it must drop it. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = inject('testServer');
  const name = `${inject('testTemplate')}_${randomBytes(6).toString('hex')}`;
  await onServer(server, (sql) => sql.unsafe(`create database ${name} template ${inject('testTemplate')}`));
  return { url: databaseUrl(server, name), drop: () => dropDatabase(server, name) };
}

/** Drops a database whatever still runs on it: sessions end, slots go. */
export async function dropDatabase(server: string, name: string): Promise<void> {
  await onServer(server, async (sql) => {
    for (;;) {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
      try {
        return await sql.unsafe(`drop database if exists ${name} with (force)`);
      } catch (error) {
        // 55006 object_in_use: a slot's reader has not let go yet.
        if (sqlState(error) !== '55006') throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  });
}

export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

export async function onServer<T>(server: string, work: (sql: Pool) => Promise<T>): Promise<T> {
  const sql = connect(server, { max: 1, name: 'plaza-tests' });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
