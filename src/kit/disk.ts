import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Finding, ill, well } from './finding.ts';

/** Bytes: under this PostgreSQL may stop in the middle of its work. */
const least = 200 * 2 ** 20;

/** Whether the disk of this folder has room. */
export function checkDisk(folder: string, free = freeBytes(folder)): Finding {
  if (free >= least) return well(`${amount(free)} are free for ${folder}`);
  return ill(
    `The disk of ${folder} is full: ${amount(free)} are free and 200 MB is the least; make room, or name a folder on another disk with --data.`,
  );
}

function freeBytes(folder: string): number {
  // A folder that is not there yet will be made where its nearest parent is.
  if (!existsSync(folder)) return freeBytes(dirname(folder));
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function amount(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.floor(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`;
}
