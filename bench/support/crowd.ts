/** Thousands of signed-in listeners, held by loader processes of their own. What they do is in `crowdLoader.ts`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { within } from '../../journeys/support/wait.ts';
import type { Counted, Member, Order } from './crowdLoader.ts';
import { meter } from './processes.ts';

export type { Counted, Member } from './crowdLoader.ts';

/** A process may have 20,000 files open, and half of that is easy work for one. */
const perLoader = 10_000;

export interface Crowd {
  /**
   * All come, or come back, or only this share of them, each after between half and all of `jitterMs`; resolves when they
   * are live. @throws when that takes too long, with what went wrong
   */
  come(jitterMs: number, share?: number): Promise<Counted>;
  /** All sockets are gone at once, without a farewell. */
  cut(): Promise<void>;
  /** Messages with the marks of these numbers are to come to each, in order. */
  expect(first: number, count: number): Promise<void>;
  count(): Promise<Counted>;
  /** The loaders' own CPU from now until the call of what it answers, in microseconds. */
  meter(): () => number;
  stop(): Promise<void>;
}

const patienceMs = 180_000;
/** For orders that need nobody but the loader. */
const orderMs = 60_000;
/** Our client pings so often. */
const beatMs = 30_000;

interface Loader {
  child: ChildProcess;
  ask(order: Order): Promise<Counted>;
}

export async function gatherCrowd(members: readonly Member[]): Promise<Crowd> {
  const loaders = Array.from({ length: Math.ceil(members.length / perLoader) }, startLoader);
  const askAll = async (order: Order) => sum(await Promise.all(loaders.map((loader) => loader.ask(order))));
  await Promise.all(loaders.map((loader, i) => loader.ask({ do: 'hold', members: members.slice(i * perLoader, (i + 1) * perLoader) })));
  const pids = loaders.flatMap(({ child }) => child.pid ?? []);

  return {
    async come(jitterMs, share = 1) {
      const came = askAll({ do: 'come', share, jitterMs, beatMs });
      // Who is asked how far they are hears of it at once.
      const late = Promise.withResolvers<null>();
      const timer = setTimeout(late.resolve, patienceMs, null);
      const counted = await Promise.race([came, late.promise]).finally(() => clearTimeout(timer));
      if (counted) return counted;
      const { live, open, problems } = await askAll({ do: 'count' });
      throw new Error(
        `After ${patienceMs / 1000} s only ${live} of ${members.length} were live, ${open} connected: ${problems.join('; ')}`,
      );
    },
    async cut() {
      await askAll({ do: 'cut' });
    },
    async expect(first, count) {
      await askAll({ do: 'expect', first, count });
    },
    count: () => askAll({ do: 'count' }),
    meter: () => meter(pids),
    async stop() {
      await Promise.all(loaders.map(({ child }) => ended(child)));
    },
  };
}

function startLoader(): Loader {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'crowdLoader.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const asked = new Map<number, { resolve(counted: Counted): void; reject(error: Error): void }>();
  let asks = 0;
  child.on('message', ({ id, counted }: { id: number; counted: Counted }) => {
    asked.get(id)?.resolve(counted);
    asked.delete(id);
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of asked.values()) reject(new Error(`A loader of the crowd ended (${code ?? signal}).`));
  });
  return {
    child,
    ask(order) {
      const id = asks++;
      const counted = new Promise<Counted>((resolve, reject) => {
        asked.set(id, { resolve, reject });
        child.send({ id, order }, (error) => error && reject(error));
      });
      return order.do === 'come' ? counted : within(counted, `a loader of the crowd to ${order.do}`, orderMs);
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  await within(end, 'a loader of the crowd to end', 10_000).catch(() => child.kill('SIGKILL'));
  await end;
}

/** Of all loaders together; of the times, the latest. */
function sum(counts: readonly Counted[]): Counted {
  const add = (value: (counted: Counted) => number) => counts.reduce((total, each) => total + value(each), 0);
  const latest = (value: (counted: Counted) => number) => Math.max(0, ...counts.map(value));
  return {
    open: add((c) => c.open),
    live: add((c) => c.live),
    again: add((c) => c.again),
    liveMs: { half: latest((c) => c.liveMs.half), most: latest((c) => c.liveMs.most), all: latest((c) => c.liveMs.all) },
    lost: add((c) => c.lost),
    doubled: add((c) => c.doubled),
    reordered: add((c) => c.reordered),
    bytes: add((c) => c.bytes),
    frames: add((c) => c.frames),
    problems: counts.flatMap((c) => c.problems),
  };
}
