import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Advice } from '../../kit/advice.ts';
import { type Binaries, inSystemFolder } from './binaries.ts';
import { canReach, type RunAs } from './user.ts';

/** Where one PostgreSQL of ours keeps its things. */
export interface Cluster {
  /** Holds all of the following. */
  home: string;
  data: string;
  /** The folder of its socket, closed to everybody else. */
  sockets: string;
  log: string;
}

/** The longest path of a socket that every system takes is 103 bytes. */
const longestSocketFolder = 103 - Buffer.byteLength('/.s.PGSQL.5432');

/**
 * Makes the folders. They lie in `postgres` of Plaza's data folder; where PostgreSQL's user cannot get there, in
 * /var/lib/plaza with a link.
 */
export function prepareCluster(folder: string, user: RunAs, say: (line: string) => void): Cluster {
  let home = join(folder, 'postgres');
  if (!existsSync(home)) {
    if (canReach(user, folder)) mkdirSync(home, { mode: 0o700 });
    else {
      const away = inSystemFolder(shortHash(realpathSync(folder)));
      mkdirSync(away, { recursive: true });
      symlinkSync(away, home);
      say(`${user?.name} may not enter ${folder}, so PostgreSQL's files are in ${away}`);
    }
  }
  home = realpathSync(home);
  own(home, user);
  if (!canReach(user, home))
    throw new Advice(
      `${user?.name}, whom PostgreSQL runs as, may not enter ${home}; open the folders above it, or choose another data folder.`,
    );
  let sockets = join(home, 'socket');
  if (Buffer.byteLength(sockets) > longestSocketFolder)
    sockets = join('/tmp', `plaza-${user?.uid ?? process.getuid?.()}-${shortHash(home)}`);
  mkdirSync(sockets, { recursive: true, mode: 0o700 });
  own(sockets, user);
  return { home, data: join(home, 'data'), sockets, log: join(home, 'log') };
}

/**
 * Makes the database's files if there are none. Text is UTF-8 and compares by code point, letters have their Unicode
 * case, and pages carry checksums.
 * @throws Advice when the files are another major version's
 */
export async function initialise(cluster: Cluster, binaries: Binaries, user: RunAs): Promise<void> {
  if (existsSync(cluster.data)) {
    const major = Number(readFileSync(join(cluster.data, 'PG_VERSION'), 'utf8'));
    if (major === binaries.major) return;
    throw new Advice(
      `${cluster.data} was made by PostgreSQL ${major}, and this Plaza brings ${binaries.major}; start the Plaza that brought ${major}, or restore a backup into a new data folder.`,
    );
  }
  const draft = `${cluster.data}.new`;
  rmSync(draft, { recursive: true, force: true });
  const args = [
    '-D',
    draft,
    '-U',
    'plaza',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--no-instructions',
  ];
  try {
    await promisify(execFile)(join(binaries.folder, 'bin', 'initdb'), args, { ...asUser(user), cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' } });
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    if (/No space left/.test(said)) throw Object.assign(new Error(said), { code: 'ENOSPC' });
    throw new Advice(
      `PostgreSQL's files could not be made: ${said.match(/(?:error|fatal): .*/i)?.[0] ?? said.trim()}. Set DATABASE_URL to use a PostgreSQL of your own.`,
    );
  }
  renameSync(draft, cluster.data);
}

/** The configuration, given anew at each start so that it is never out of date. */
export function configuration(cluster: Cluster, slotKeep: string, more: { [name: string]: string | number } = {}): string[] {
  const megabytes = Math.floor(totalmem() / 2 ** 20);
  const values = {
    listen_addresses: '',
    unix_socket_directories: cluster.sockets,
    unix_socket_permissions: '0700',
    port: 5432,
    max_connections: 200,
    wal_level: 'logical',
    max_replication_slots: 32,
    max_wal_senders: 32,
    max_slot_wal_keep_size: slotKeep,
    shared_buffers: `${Math.min(Math.max(Math.floor(megabytes / 8), 128), 1024)}MB`,
    effective_cache_size: `${Math.max(Math.floor(megabytes / 2), 256)}MB`,
    maintenance_work_mem: '128MB',
    max_wal_size: '2GB',
    // Files of the write-ahead log that were needed once stay to be used again: to make and clear new ones under load
    // took an eighth of each message's CPU (npm run bench -- ingest --logFiles 0). Who never writes much has only a few.
    min_wal_size: '1GB',
    random_page_cost: 1.1,
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    logging_collector: 'off',
    ...more,
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

export function asUser(user: RunAs): { uid?: number; gid?: number } {
  return user ? { uid: user.uid, gid: user.gid } : {};
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Ours alone, or that user's. Somebody else's folder is not taken. */
function own(folder: string, user: RunAs): void {
  const found = lstatSync(folder);
  const mine = [process.getuid?.(), user?.uid];
  if (!found.isDirectory() || !mine.includes(found.uid))
    throw new Advice(`${folder} belongs to somebody else; remove it, or choose another data folder.`);
  if (user && found.uid !== user.uid) chownSync(folder, user.uid, user.gid);
  if ((found.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
}
