import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { migrate, readMigrations } from '../../src/engines/postgres/migrate.ts';
import { databaseUrl, dropDatabase, onServer } from '../../src/engines/postgres/testing.ts';
import { startTestServer } from './testServer.ts';

/**
 * One PostgreSQL for all tests, with a migrated template that each test file copies: the one that
 * PLAZA_TEST_DATABASE_URL names (a superuser's address, `wal_level=logical`), else an embedded one made for this run.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env['PLAZA_TEST_DATABASE_URL'];
  const server = external ? { url: external, stop: async () => {} } : await startTestServer();
  const template = `plaza_test_${randomBytes(4).toString('hex')}`;
  const teardown = async () => {
    if (external) await dropDatabase(server.url, template);
    await server.stop();
  };
  try {
    await onServer(server.url, (sql) => sql.unsafe(`create database ${template}`));
    await migrate(databaseUrl(server.url, template), readMigrations('migrations'));
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide('testServer', server.url);
  project.provide('testTemplate', template);
  return teardown;
}
