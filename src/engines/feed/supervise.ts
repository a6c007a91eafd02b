import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../kit/log.ts';

const shortestPause = 100;
const longestPause = 1_000;
/** An attempt that held so long was good: the next one begins at once. */
const goodLife = 10_000;

export interface Supervised {
  /** One life: ends by returning (then the next begins at once) or throwing. Must end soon after the signal aborts. */
  live(signal: AbortSignal): Promise<void>;
  /** What is written when a life ended. */
  complaint: string;
  logger: Logger;
  signal: AbortSignal;
}

/** Lives again and again until the signal aborts: at once after a good life, after growing, jittered pauses otherwise. */
export async function supervise({ live, complaint, logger, signal }: Supervised): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const born = performance.now();
    try {
      await live(signal);
      failures = 0;
    } catch (err) {
      if (signal.aborted) return;
      if (performance.now() - born > goodLife) failures = 0;
      const pause = failures === 0 ? 0 : Math.min(longestPause, shortestPause * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
      failures++;
      logger.warn({ err, retryInMs: Math.round(pause) }, complaint);
      await pauseFor(pause, signal);
    }
  }
}

/** Waits, or less if the signal aborts meanwhile. */
export async function pauseFor(millis: number, signal: AbortSignal): Promise<void> {
  await sleep(millis, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
