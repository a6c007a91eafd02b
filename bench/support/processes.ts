/** What servers cost: CPU and memory of processes and all that they started, out of /proc. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUse {
  pid: number;
  parent: number;
  /** As `ps` calls it. */
  name: string;
  /** User and system time so far, in microseconds, of the process and of those of its children that have ended. */
  cpuMicros: number;
  /** Resident memory; PostgreSQL's processes each count what they share. */
  rssBytes: number;
}

export interface Use {
  cpuMicros: number;
  rssBytes: number;
  processes: readonly ProcessUse[];
}

/** The kernel counts CPU in hundredths of a second for /proc, on every architecture that Node runs on. */
const microsATick = 10_000;
const pageBytes = 4096;

/** These processes and all their descendants, as they are now. Those that are gone count nothing. */
export function useOf(roots: readonly number[]): Use {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => read(Number(pid)) ?? []);
  const wanted = new Set(roots);
  // Parents may have higher numbers than their children, so one pass is not enough.
  for (let before = -1; before !== wanted.size; ) {
    before = wanted.size;
    for (const { pid, parent } of all) if (wanted.has(parent)) wanted.add(pid);
  }
  const processes = all.filter(({ pid }) => wanted.has(pid));
  return {
    cpuMicros: processes.reduce((sum, one) => sum + one.cpuMicros, 0),
    rssBytes: processes.reduce((sum, one) => sum + one.rssBytes, 0),
    processes,
  };
}

/** CPU of these processes and their descendants between now and the call of what it answers, in microseconds. */
export function meter(roots: readonly number[]): () => number {
  const before = useOf(roots).cpuMicros;
  return () => useOf(roots).cpuMicros - before;
}

/** Resident memory of a process that is not a file's. 0 when it has ended. */
export function ownBytes(pid: number): number {
  try {
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function read(pid: number): ProcessUse | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // It ended meanwhile.
    return null;
  }
}

/** One line of /proc/PID/stat. The name stands in brackets and may hold anything. */
export function parseStat(line: string): ProcessUse {
  const [open, close] = [line.indexOf('('), line.lastIndexOf(')')];
  const fields = line.slice(close + 2).split(' ');
  const field = (n: number) => Number(fields[n - 3]);
  return {
    pid: Number(line.slice(0, open)),
    parent: field(4),
    name: line.slice(open + 1, close),
    cpuMicros: (field(14) + field(15) + field(16) + field(17)) * microsATick,
    rssBytes: field(24) * pageBytes,
  };
}
