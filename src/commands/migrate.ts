import { join } from 'node:path';
import { defineCommand } from 'citty';
import { migrate, readMigrations } from '../engines/postgres/migrate.ts';
import { joinGround } from '../ground.ts';
import { createLogger } from '../kit/log.ts';
import { home, readSettings, settingFlags } from '../settings.ts';

export default defineCommand({
  meta: { name: 'migrate', description: 'Brings the database up to date without serving (start does it too).' },
  args: settingFlags,
  async run({ rawArgs }) {
    const { settings } = readSettings(rawArgs);
    const logger = createLogger({ level: settings.logLevel, format: settings.logFormat });
    const ground = await joinGround(settings, logger);
    try {
      const done = await migrate(ground.databaseUrl, readMigrations(join(home, 'migrations')), (line) => logger.info(line));
      logger.info(done.length > 0 ? `The database is up to date; ${done.length} migrations were done` : 'The database was up to date');
    } finally {
      await ground.close();
    }
  },
});
