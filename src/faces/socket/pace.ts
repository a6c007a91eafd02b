export interface Pace {
  /** Counts one frame. `excess` when so many came too fast that no client in its right mind sends them. */
  take(): 'ok' | 'refused' | 'excess';
  /** Seconds until the next one is admitted. */
  retryAfter(): number;
}

/** Refused frames count too, down to so many bursts below zero. */
const patience = 5;

/** A token bucket of one connection. */
export function createPace({
  perSecond,
  burst,
  clock = () => performance.now(),
}: {
  perSecond: number;
  burst: number;
  clock?: () => number;
}): Pace {
  let tokens = burst;
  let at = clock();
  return {
    take() {
      const now = clock();
      tokens = Math.min(burst, tokens + ((now - at) * perSecond) / 1000) - 1;
      at = now;
      if (tokens >= 0) return 'ok';
      return tokens < -burst * patience ? 'excess' : 'refused';
    },
    retryAfter: () => Math.ceil(Math.max(0, -tokens) / perSecond),
  };
}
