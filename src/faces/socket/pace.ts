/** So much one connection may say. */
export interface Rate {
  readonly framesPerSecond: number;
  readonly framesBurst: number;
}

/** Refused frames count too, down to so many bursts below zero. */
const patience = 5;

/** A token bucket of one connection. */
export class Pace {
  #tokens: number;
  #at = performance.now();
  readonly #rate: Rate;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.framesBurst;
  }

  /** Counts one frame. `excess` when so many came too fast that no client in its right mind sends them. */
  take(): 'ok' | 'refused' | 'excess' {
    const { framesPerSecond, framesBurst } = this.#rate;
    const now = performance.now();
    this.#tokens = Math.min(framesBurst, this.#tokens + ((now - this.#at) * framesPerSecond) / 1000) - 1;
    this.#at = now;
    if (this.#tokens >= 0) return 'ok';
    return this.#tokens < -framesBurst * patience ? 'excess' : 'refused';
  }

  /** Seconds until the next one is admitted. */
  retryAfter(): number {
    return Math.ceil(Math.max(0, -this.#tokens) / this.#rate.framesPerSecond);
  }
}
