import { PlazaError } from '../../contracts/errors.ts';

export interface LanesOptions<Item, Result> {
  lanes: number;
  /** Items of one run at most. */
  groupSize: number;
  /** Items that may wait in one lane. */
  bound: number;
  /** So far apart, in ms, groups of a lane begin at least, once there were several items in one. */
  apartMs: number;
  /** Carries out a group of that lane, counted from 0; answers each item in its place. Must not throw. */
  run(items: readonly Item[], lane: number): Promise<(Result | PlazaError)[]>;
}

export interface LaneCounts {
  waiting: number;
  running: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  settle(result: Result): void;
  reject(error: unknown): void;
}

/** A class, since thousands wait. */
class Asked<Item, Result, Answer> implements Waiting<Item, Result> {
  readonly item: Item;
  readonly answer: (result: Result) => Answer;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;

  constructor(item: Item, answer: (result: Result) => Answer, resolve: (answer: Answer) => void, reject: (error: unknown) => void) {
    this.item = item;
    this.answer = answer;
    this.resolve = resolve;
    this.reject = reject;
  }

  settle(result: Result): void {
    try {
      this.resolve(this.answer(result));
    } catch (error) {
      this.reject(error);
    }
  }
}

/**
 * Lanes of grouped work: one group runs in each lane, and what comes meanwhile gathers for the next. Items of one key
 * stay in order. An idle lane starts in the same turn of the event loop's microtasks, but for `apartMs` after a group of several
 * began: so one who comes alone again and again waits for nothing.
 */
export function createLanes<Item, Result>({ lanes, groupSize, bound, apartMs, run }: LanesOptions<Item, Result>) {
  const all = Array.from({ length: lanes }, (_, index) => ({ index, queue: [] as Waiting<Item, Result>[], running: 0, notBefore: 0 }));
  let draining: (() => void)[] | null = null;

  const idle = () => all.every((lane) => lane.running === 0 && lane.queue.length === 0);

  async function work(lane: (typeof all)[number]): Promise<void> {
    // Let the whole turn's items gather: a socket's frames, a batch of requests.
    await null;
    while (lane.queue.length > 0) {
      const early = lane.notBefore - performance.now();
      if (early > 0 && lane.queue.length < groupSize) {
        lane.running = -1;
        await new Promise((resolve) => setTimeout(resolve, early));
      }
      const group = lane.queue.length <= groupSize ? lane.queue : lane.queue.slice(0, groupSize);
      lane.queue = group === lane.queue ? [] : lane.queue.slice(groupSize);
      lane.running = group.length;
      lane.notBefore = group.length > 1 ? performance.now() + apartMs : 0;
      let results: (Result | PlazaError)[];
      try {
        results = await run(
          group.map((waiting) => waiting.item),
          lane.index,
        );
      } catch (error) {
        for (const waiting of group) waiting.reject(error);
        continue;
      }
      group.forEach((waiting, i) => {
        const result = results[i];
        if (result === undefined || result instanceof PlazaError) waiting.reject(result ?? new PlazaError('internal'));
        else waiting.settle(result);
      });
    }
    lane.running = 0;
    if (draining !== null && idle()) for (const done of draining.splice(0)) done();
  }

  return {
    /**
     * @param answer makes of the result what this resolves to: one promise fewer under way than a `then` behind it
     * @throws unavailable when the lane is full or draining
     */
    add<Answer>(key: string, item: Item, answer: (result: Result) => Answer): Promise<Answer> {
      const lane = all[hash(key) % lanes];
      if (lane === undefined || draining !== null)
        return Promise.reject(new PlazaError('unavailable', 'The server is stopping; send it again, with the same key.'));
      if (lane.queue.length >= bound) {
        return Promise.reject(
          new PlazaError('unavailable', 'Too much is waiting to be written; try again in a moment.', { retryAfter: 1 }),
        );
      }
      return new Promise((resolve, reject) => {
        lane.queue.push(new Asked(item, answer, resolve, reject));
        if (lane.running === 0) {
          lane.running = -1;
          void work(lane);
        }
      });
    },

    counts: (): LaneCounts => ({
      waiting: all.reduce((sum, lane) => sum + lane.queue.length, 0),
      running: all.reduce((sum, lane) => sum + Math.max(0, lane.running), 0),
    }),

    /** Takes nothing new; resolves when everything accepted is answered. */
    drain(): Promise<void> {
      draining ??= [];
      if (idle()) return Promise.resolve();
      return new Promise((resolve) => draining?.push(resolve));
    },
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
