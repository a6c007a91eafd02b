import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect } from '../../engines/postgres/index.ts';
import { migrate, readMigrations } from '../../engines/postgres/migrate.ts';
import { startEmbedded } from '../../engines/postgres/supervisor.ts';
import { createLogger } from '../../kit/log.ts';
import { signal } from '../../kit/processes.ts';
import { createPolicy } from '../policy/index.ts';
import { testCommunity, testPerson } from '../testing.ts';
import { createConversations, createLog } from './index.ts';

// PostgreSQL is killed in the moment of COMMIT, and whoever comes first afterwards gets the lost transaction's number.
test('[L3] a group lost in a crash is not taken for the transaction that got its number', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plaza-test-'));
  chmodSync(folder, 0o755);
  const database = await startEmbedded({ folder, slotKeep: '-1', logger: createLogger({ level: 'silent', format: 'json' }) });
  await migrate(database.url, readMigrations('migrations'));
  const sql = connect(database.url, { max: 2, name: 'others' });

  let cut: (() => void) | null = null;
  let open = true;
  const wire = createServer((client) => {
    const server = connectSocket(`${new URL(database.url).searchParams.get('host')}/.s.PGSQL.5432`);
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const side of [client, server]) side.on('error', end).on('close', end);
    server.on('data', (bytes) => client.write(bytes));
    client.on('data', (bytes) => {
      if (!open) return end();
      if (!cut || !bytes.includes('commit\0')) return server.write(bytes);
      open = false;
      cut();
      end();
    });
  });
  const port = await new Promise<number>((resolve) =>
    wire.listen(0, '127.0.0.1', () => resolve((wire.address() as { port: number }).port)),
  );
  const writers = connect(`postgres://plaza@127.0.0.1:${port}/plaza`, { max: 1, name: 'writers' });
  const log = createLog({ sql: writers, lanes: 1, logger: { warn() {}, error() {} } });
  try {
    const conversations = createConversations({ sql, reads: sql, log, policy: createPolicy({ sql, communitiesBy: 'members' }) });
    const ana = await testPerson(sql, 'ana');
    const community = await testCommunity(sql, [{ who: ana, role: 'owner' }]);
    const { id: channel } = await conversations.createChannel(ana, { community, name: 'c' });

    const killed = new Promise<void>((resolve) => {
      cut = () => {
        const postmaster = Number.parseInt(readFileSync(join(folder, 'postgres/data/postmaster.pid'), 'utf8'), 10);
        // All of them at once, so that none writes down on its way out what became of the transaction, and none is born meanwhile.
        signal(postmaster, 'SIGSTOP');
        const children = execFileSync('pgrep', ['-P', String(postmaster)], { encoding: 'utf8' })
          .trim()
          .split('\n');
        for (const pid of children.map(Number)) signal(pid, 'SIGKILL');
        signal(postmaster, 'SIGKILL');
        resolve();
      };
    });
    const posting = conversations.post(ana, { channel, body: 'here', key: 'k' });
    await killed;
    cut = null;
    // Others take the numbers that the crash set free.
    for (let taken = 0; taken < 20; ) {
      taken += await sql`insert into sign_in_failures (key, count, since) values (${`k${taken}`}, 1, now())`.then(
        () => 1,
        () => 0,
      );
    }
    open = true;
    expect(await posting).toMatchObject({ number: 1, version: 1, message: { key: 'k' } });
    const { messages } = await conversations.since(ana, { channel, version: 0 });
    expect(messages.map(({ number, key, body }) => ({ number, key, body }))).toEqual([{ number: 1, key: 'k', body: 'here' }]);
  } finally {
    await Promise.all([sql.end({ timeout: 1 }), writers.end({ timeout: 1 })]);
    wire.close();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
