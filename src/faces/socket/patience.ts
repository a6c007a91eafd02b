import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../kit/log.ts';

export interface Patience {
  /** Asks again until there is an answer; null once stopped or the question is no longer `wanted`. */
  ask<T>(question: () => Promise<T>, wanted?: () => boolean): Promise<T | null>;
  /** Work that nobody waits for; what it throws is logged. */
  background(work: () => Promise<void>): void;
  stop(): void;
}

/** For questions of which listeners wait in silence: the database may be away, and they must not be told anything false. */
export function createPatience(logger: Logger): Patience {
  let stopped = false;
  return {
    async ask(question, wanted = () => true) {
      for (let pause = 50; !stopped && wanted(); pause = Math.min(2000, pause * 2)) {
        try {
          return await question();
        } catch (err) {
          logger.warn({ err, retryInMs: pause }, 'What listeners may read could not be looked up; they get nothing until it is.');
          await sleep(pause, undefined, { ref: false });
        }
      }
      return null;
    },
    background(work) {
      work().catch((err: unknown) => logger.error({ err }, 'Work for the listeners failed.'));
    },
    stop() {
      stopped = true;
    },
  };
}
