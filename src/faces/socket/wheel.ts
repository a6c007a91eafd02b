/** What hangs in the wheel. One that lives long is itself a bell, so that it needs no closure for it. */
export interface Bell {
  /** The turn of the wheel at which it rings; the wheel's own. */
  due: number;
  ring(): void;
}

export interface Wheel {
  /** Rings once after that many milliseconds, up to one turn of the wheel later. One that hangs already is moved. */
  hang(bell: Bell, ms: number): void;
  takeDown(bell: Bell): void;
  /** Rings once after that many milliseconds, up to one turn of the wheel later. Answers how to call it off. */
  after(ms: number, ring: () => void): () => void;
  /** Milliseconds of a steady clock as of the last turn: coarse, and free to read. */
  now(): number;
  /** One turn. Called by the wheel's own timer; by hand only where the clock is. */
  turn(): void;
  stop(): void;
}

const slots = 512;

/**
 * One timer for everything that waits: heartbeats, deadlines, expiring tokens. A bell hangs in the slot of its turn, so
 * that hanging one up, taking it down and turning cost the same however many there are.
 */
export function createWheel({ every = 250, clock = () => performance.now() }: { every?: number; clock?: () => number } = {}): Wheel {
  const wheel = Array.from({ length: slots }, () => new Set<Bell>());
  const turnOf = (ms: number) => Math.ceil(ms / every);
  let now = clock();
  let turned = Math.floor(now / every);

  function turn(): void {
    now = clock();
    const last = Math.floor(now / every);
    // After a long sleep every slot is looked at once, no more.
    for (let t = Math.max(turned + 1, last - slots + 1); t <= last; t++) {
      const slot = wheel[t % slots] ?? new Set();
      for (const bell of slot) {
        if (bell.due > last) continue;
        slot.delete(bell);
        bell.ring();
      }
    }
    turned = last;
  }

  function hang(bell: Bell, ms: number): void {
    takeDown(bell);
    bell.due = Math.max(turnOf(clock() + ms), turned + 1);
    wheel[bell.due % slots]?.add(bell);
  }

  function takeDown(bell: Bell): void {
    wheel[bell.due % slots]?.delete(bell);
  }

  const timer = setInterval(turn, every);
  timer.unref();
  return {
    hang,
    takeDown,
    after(ms, ring) {
      const bell = { due: 0, ring };
      hang(bell, ms);
      return () => takeDown(bell);
    },
    now: () => now,
    turn,
    stop: () => clearInterval(timer),
  };
}
