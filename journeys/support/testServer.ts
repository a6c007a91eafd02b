import { spawn } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../../src/engines/postgres/supervisor.ts';
import { createLogger } from '../../src/kit/log.ts';

/** A throwaway PostgreSQL with room for many servers at once, and without fsync, since nobody cuts its power. */
export async function startTestServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'plaza-test-'));
  // PostgreSQL's own folder in there is closed; where root runs the tests, its user must get that far.
  await chmod(folder, 0o755);
  const tidy = tidyAfter(folder);
  try {
    const server = await startEmbedded({
      folder,
      slotKeep: '-1',
      logger: createLogger({ level: 'warn', format: 'pretty' }),
      more: { max_connections: 300, max_replication_slots: 60, max_wal_senders: 60, fsync: 'off' },
    });
    return {
      url: server.url.replace('/plaza?', '/postgres?'),
      stop: async () => {
        await server.stop();
        await tidy();
      },
    };
  } catch (error) {
    await tidy();
    throw error;
  }
}

/**
 * Removes the folder when called, and also when this process ends in any other way, killed or not: a shell of its own
 * session waits for its input to end, ends the PostgreSQL that may still run there, and removes the folder.
 */
export function tidyAfter(folder: string): () => Promise<void> {
  const script = 'cat; for f in $(find "$0" -name postmaster.pid); do kill -QUIT $(head -1 $f); sleep 1; done; rm -rf "$0"';
  const keeper = spawn('sh', ['-c', script, folder], { detached: true, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
  return () => {
    keeper.stdin.end();
    return ended;
  };
}
