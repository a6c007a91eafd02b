import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
  for (;;) {
    writeFileSync(draft, JSON.stringify(me), { mode: 0o644 });
    try {
      linkSync(draft, file);
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const holder = holderOf(file);
      if (holder) return holder;
      removeStale(file);
    } finally {
      rmSync(draft, { force: true });
    }
  }
  return {
    tell(more) {
      Object.assign(me.told, more);
      writeFileSync(draft, JSON.stringify(me), { mode: 0o644 });
      renameSync(draft, file);
    },
    release() {
      if (holderOf(file)?.pid === process.pid) rmSync(file, { force: true });
    },
  };
}

/** Who holds the lock now, or null. */
export function holderOf(file: string): Holder | null {
  const holder = read(file);
  return holder && isAlive(holder.pid) && startOf(holder.pid) === holder.start ? holder : null;
}

/** Moves it aside before looking again: of two that find the same stale lock, one must not remove the other's new one. */
function removeStale(file: string): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  if (holderOf(aside)) linkSync(aside, file);
  rmSync(aside);
}

function read(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Gone, or cut short when the disk was full: nobody's.
    return null;
  }
}
