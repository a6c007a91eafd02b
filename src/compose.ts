import { join } from 'node:path';
import { connect } from './engines/postgres/index.ts';
import { markInstallation } from './engines/postgres/installation.ts';
import { migrate, readMigrations } from './engines/postgres/migrate.ts';
import type { Logger } from './kit/log.ts';
import { home, type Settings } from './settings.ts';

export async function compose({ settings, logger, databaseUrl }: { settings: Settings; logger: Logger; secret: string; databaseUrl: string }) {
  await migrate(databaseUrl, readMigrations(join(home, 'migrations')), (line) => logger.info(line));
  const sql = connect(databaseUrl, { max: settings.databaseConnections, name: 'plaza' });
  const epoch = await markInstallation(sql);
  logger.info(epoch);
  return {
    address: settings.publicUrl,
    doors: { accounts: { rotateKeys: async () => {} } },
    firstAdminLink: async () => null as string | null,
    async start() {},
    async stop() { await sql.end(); },
  };
}
