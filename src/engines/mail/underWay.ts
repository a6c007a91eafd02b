import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Knows the letters that are being handed over, so that closing can wait for them.
 * @param longestWait in ms: a mail server that hangs does not keep us from stopping
 */
export function createUnderWay(longestWait = 2_000) {
  const letters = new Set<Promise<void>>();
  return {
    track(sending: Promise<void>): Promise<void> {
      const tracked = sending.finally(() => letters.delete(tracked));
      letters.add(tracked);
      return tracked;
    },
    async settle(): Promise<void> {
      await Promise.race([Promise.allSettled(letters), sleep(longestWait, undefined, { ref: false })]);
    },
  };
}
