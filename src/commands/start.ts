import { defineCommand } from 'citty';
import { compose, type House } from '../compose.ts';
import { type BuiltPage, readPage } from '../faces/web/index.ts';
import { type Ground, openGround } from '../ground.ts';
import { Advice } from '../kit/advice.ts';
import { createLogger, type Logger } from '../kit/log.ts';
import { portProblem } from '../kit/port.ts';
import { pageFolder, readyPage } from '../page.ts';
import { readSettings, type Settings, settingFlags } from '../settings.ts';

/** Draining takes longer only when something hangs; nobody waits for that. */
const patience = 4_700;

export default defineCommand({
  meta: { name: 'start', description: 'Serves people. Starts PostgreSQL unless DATABASE_URL names one, migrates, opens the doors.' },
  args: settingFlags,
  async run({ rawArgs }) {
    const { settings } = readSettings(rawArgs);
    const logger = createLogger({ level: settings.logLevel, format: settings.logFormat });
    const page = settings.page ? await openPage(logger) : null;
    let ground: Ground | null = null;
    const hurry = () => {
      logger.warn('Stopping at once');
      ground?.abandon();
      process.exit(130);
    };
    const stop = stopRequest(logger, hurry);

    ground = await openGround(settings, logger);
    try {
      const house = await compose({ ...settings, secret: ground.secret }, logger, ground.databaseUrl, page);
      try {
        if (!stop.asked()) {
          await open(house, settings);
          ground.tell({ address: house.address });
          const code = await house.doors.accounts.firstAdminCode();
          welcome(logger, house.address, settings.logFormat, code && `${house.address}/first-admin?code=${encodeURIComponent(code)}`);
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

async function openPage(logger: Logger): Promise<BuiltPage> {
  await readyPage((line) => logger.info(line));
  return readPage(pageFolder());
}

async function open(house: House, { host, port }: Settings): Promise<void> {
  try {
    await house.start();
  } catch (error) {
    const problem =
      error instanceof Error && 'syscall' in error && error.syscall === 'listen' && 'code' in error
        ? portProblem(String(error.code), host, port)
        : null;
    throw problem === null ? error : new Advice(problem);
  }
}

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
