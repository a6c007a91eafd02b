import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../../src/engines/postgres/supervisor.ts';
import { createLogger } from '../../src/kit/log.ts';
import { tidyAfter } from './tidy.ts';

/** A throwaway PostgreSQL with room for many servers at once, and without fsync, since nobody cuts its power. */
export async function startTestServer(slotKeep = '-1'): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'plaza-test-'));
  // PostgreSQL's own folder in there is closed; where root runs the tests, its user must get that far.
  await chmod(folder, 0o755);
  const tidy = tidyAfter(folder);
  try {
    const server = await startEmbedded({
      folder,
      slotKeep,
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
