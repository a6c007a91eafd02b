import { defineCommand } from 'citty';
import { compose } from '../compose.ts';
import { type Ground, openGround } from '../ground.ts';
import { createLogger, type Logger } from '../kit/log.ts';
import { readSettings, settingFlags } from '../settings.ts';

/** Draining takes longer only when something hangs; nobody waits for that. */
const patience = 4_700;

export default defineCommand({
  meta: { name: 'start', description: 'Serves people. Starts PostgreSQL unless DATABASE_URL names one, migrates, opens the doors.' },
  args: settingFlags,
  async run({ rawArgs }) {
    const { settings } = readSettings(rawArgs);
    const logger = createLogger({ level: settings.logLevel, format: settings.logFormat });
    let ground: Ground | null = null;
    const hurry = () => {
      logger.warn('Stopping at once');
      ground?.abandon();
      process.exit(130);
    };
    const stop = stopRequest(logger, hurry);

    ground = await openGround(settings, logger);
    try {
      const house = await compose({ settings, logger, secret: ground.secret, databaseUrl: ground.databaseUrl });
      try {
        if (!stop.asked()) {
          await house.start();
          ground.tell({ address: house.address });
          welcome(logger, house.address, settings.logFormat, await house.firstAdminLink());
        }
        await stop.wanted;
        ground.tell({ stopping: 'yes' });
        setTimeout(hurry, patience).unref();
      } finally {
        await house.stop();
      }
    } finally {
      await ground.close();
    }
    logger.info('Stopped');
  },
});

interface StopRequest {
  /** Resolves once somebody wants us to stop. */
  wanted: Promise<void>;
  asked(): boolean;
}

/**
 * Ctrl-C, SIGTERM, a closed terminal, the end of the launcher, or an error that nobody caught. A second Ctrl-C is for
 * those who cannot wait; npm and the terminal both pass on the same one, so what comes at once counts as the first.
 */
function stopRequest(logger: Logger, hurry: () => void): StopRequest {
  let since: number | null = null;
  const { promise, resolve } = Promise.withResolvers<void>();
  const ask = (why: string) => {
    if (since === null) {
      since = performance.now();
      logger.info(`Stopping (${why}); once more stops at once`);
      resolve();
    } else if (performance.now() - since > 500) hurry();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal === 'SIGINT' ? 'Ctrl-C' : signal));
  if (process.channel) {
    process.once('disconnect', () => ask('the launcher ended'));
    process.channel.unref();
  }
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'An error that nobody caught');
    process.exitCode = 1;
    ask('it failed');
  });
  return { wanted: promise, asked: () => since !== null };
}

function welcome(logger: Logger, address: string, format: 'pretty' | 'json', firstAdminLink: string | null): void {
  if (format === 'json') {
    logger.info({ address }, `Plaza is open at ${address}`);
    if (firstAdminLink) logger.info({ firstAdminLink }, `The first admin signs up and opens, once: ${firstAdminLink}`);
    return;
  }
  const lines = [
    `Plaza is open at ${address}`,
    firstAdminLink && `The first admin signs up and opens, once: ${firstAdminLink}`,
    'Ctrl-C stops it.',
  ];
  console.log(`\n  ${lines.filter(Boolean).join('\n  ')}\n`);
}
