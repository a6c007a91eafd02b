/** What the program stands on: the data folder, its lock, its secret, and a PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkDatabase } from './engines/postgres/preflight.ts';
import { startEmbedded } from './engines/postgres/supervisor.ts';
import { chooseUser } from './engines/postgres/user.ts';
import { Advice } from './kit/advice.ts';
import { checkDisk } from './kit/disk.ts';
import { insist } from './kit/finding.ts';
import { type Holder, holderOf, type Lock, takeLock } from './kit/lock.ts';
import type { Logger } from './kit/log.ts';
import { waitFor } from './kit/processes.ts';
import type { Settings } from './settings.ts';

export interface Ground {
  databaseUrl: string;
  /** Seals the signing keys. */
  secret: string;
  /** Tells others that look at the data folder: the `address` served on, that one is `stopping`. */
  tell(more: Record<string, string>): void;
  close(): Promise<void>;
  /** Lets go at once, for those in a hurry; the next start recovers. */
  abandon(): void;
}

const lockFile = (settings: Settings) => join(settings.data, 'plaza.lock');

/** Who runs on this data folder, or null. */
export function whoRuns(settings: Settings): Holder | null {
  return holderOf(lockFile(settings));
}

/**
 * Makes ready what is needed; resolves when the database answers. The data folder is ours alone from then on.
 * @throws Advice
 */
export async function openGround(settings: Settings, logger: Logger): Promise<Ground> {
  prepareFolder(settings.data);
  const lock = await lockFolder(settings, logger);
  try {
    insist(checkDisk(settings.data));
    const secret = settings.secret ?? keptSecret(settings.data);
    const common = { secret, tell: lock.tell };
    if (settings.databaseUrl) {
      insist(...(await checkDatabase(settings.databaseUrl)));
      return { ...common, databaseUrl: settings.databaseUrl, close: async () => lock.release(), abandon: () => lock.release() };
    }
    const postgres = await startEmbedded({ folder: settings.data, slotKeep: settings.slotKeep, logger });
    lock.tell({ database: postgres.url });
    return {
      ...common,
      databaseUrl: postgres.url,
      async close() {
        await postgres.stop();
        lock.release();
      },
      abandon() {
        postgres.kill();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * The same for a command that works beside a server: where one runs on this data folder, its database is used as well,
 * and left running.
 */
export async function joinGround(settings: Settings, logger: Logger): Promise<Ground> {
  const running = whoRuns(settings);
  const database = running && (settings.databaseUrl ?? running.told['database']);
  if (!database) return openGround(settings, logger);
  const nothing = () => {};
  return {
    databaseUrl: database,
    secret: settings.secret ?? keptSecret(settings.data),
    tell: nothing,
    close: async () => {},
    abandon: nothing,
  };
}

/**
 * 0700, and as root owned by the user whom PostgreSQL runs as, who has to get through. A folder with other people's
 * things in it is left as it is.
 */
function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const entries = readdirSync(folder);
  if (entries.length > 0 && !entries.some((name) => name === 'secret' || name === 'postgres' || name.startsWith('plaza.lock'))) {
    throw new Advice(`${folder} holds other things and is no data folder of Plaza; name an empty or a new one with --data.`);
  }
  const user = chooseUser(folder);
  const { uid, mode } = statSync(folder);
  if (user && uid !== user.uid) chownSync(folder, user.uid, user.gid);
  if ((mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
}

async function lockFolder(settings: Settings, logger: Logger): Promise<Lock> {
  let taken = takeLock(lockFile(settings));
  if ('pid' in taken && taken.told['stopping']) {
    logger.info(`Waiting for the Plaza before (process ${taken.pid}) to stop`);
    await waitFor(() => whoRuns(settings) === null, 6_000);
    taken = takeLock(lockFile(settings));
  }
  if (!('pid' in taken)) return taken;
  const { pid, since, told } = taken;
  const serving = told['address'] ? ` and serves on ${told['address']}` : '';
  throw new Advice(
    `${settings.data} is in use by another Plaza: process ${pid} holds it since ${since}${serving}. Stop that one, or name another folder with --data.`,
  );
}

/** Made once; who has it can open the signing keys. */
function keptSecret(folder: string): string {
  const file = join(folder, 'secret');
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < 32)
    throw new Advice(
      `${file} is cut short; restore it from a backup. Only when it is lost for good: remove it, and make new keys by "bin/plaza keys rotate".`,
    );
  return secret;
}
