import { createHash } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { errorCode } from './errorCode.ts';
import { isAlive, startOf } from './processes.ts';

/** Who holds a lock, as it stands in the lock's file. */
export interface Holder {
  pid: number;
  /** Tells this process from a later one of the same number. */
  start: string | null;
  /** ISO time since when. */
  since: string;
  /** What the holder wants others to know. */
  told: Record<string, string>;
}

export interface Lock {
  /** Adds to what others read about the holder. */
  tell(more: Record<string, string>): void;
  release(): void;
}

/** Takes the lock, or answers who has it. A lock whose process is gone, by `kill -9` say, counts for nothing. */
export function takeLock(file: string): Lock | Holder {
  const me: Holder = { pid: process.pid, start: startOf(process.pid), since: new Date().toISOString(), told: {} };
  const draft = `${file}.${process.pid}`;
  const write = () => writeFileSync(draft, JSON.stringify(me), { mode: 0o644 });
  write();
  try {
    const other = claim(file, draft);
    if (other) return other;
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    tell(more) {
      Object.assign(me.told, more);
      write();
      renameSync(draft, file);
    },
    release() {
      if (holderOf(file)?.pid === process.pid) rmSync(file, { force: true });
    },
  };
}

/** Who holds the lock now, or null. */
export function holderOf(file: string): Holder | null {
  const text = read(file);
  return text === null ? null : living(text);
}

/**
 * Puts the draft at `path`, or answers whose living record is there. A dead record is replaced, never removed, and only
 * by whoever holds a lock of its own for that, named after the dead one, which is in turn taken like any other. What
 * was dead never comes back, so who looked long ago finds another record there and leaves it alone.
 */
function claim(path: string, draft: string): Holder | null {
  while (!place(draft, path)) {
    const found = read(path);
    if (found === null) continue;
    const holder = living(found);
    if (holder) return holder;
    const right = `${path}.${createHash('sha256').update(found).digest('hex').slice(0, 16)}`;
    const rival = claim(right, draft);
    if (read(path) === found) {
      if (rival === null) renameSync(right, path);
      return rival;
    }
    if (rival === null) rmSync(right);
  }
  return null;
}

/** False when something is there already. */
function place(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Whose record this is, if they still run. One that was cut short when the disk was full is nobody's. */
function living(text: string): Holder | null {
  try {
    const holder: Holder = JSON.parse(text);
    return isAlive(holder.pid) && startOf(holder.pid) === holder.start ? holder : null;
  } catch {
    return null;
  }
}
