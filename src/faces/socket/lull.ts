import type { Counts } from './counts.ts';
import type { Wheel } from './wheel.ts';

export interface LullDeps {
  wheel: Wheel;
  counts: Counts;
  /** Shared frames sent so far. */
  deliveries(): number;
  /** What is to be done when nobody waits. */
  rest(): void;
}

/** So many came or went since: fewer leave little behind. */
const fewest = 100;
const lookMs = 5000;

/**
 * Waits, when many came or went, for a lull: five seconds in which nobody else did and nothing was delivered. Each who comes leaves
 * thirty times their own memory behind as garbage, and V8 room for it.
 */
export function awaitLulls({ wheel, counts, deliveries, rest }: LullDeps): void {
  let rested = 0;
  let stir = '';

  function look(): void {
    const { websocket, events, poll, inside } = counts.open;
    const moves = 2 * counts.opened - websocket - events - poll - inside;
    if (moves - rested >= fewest) {
      const now = `${moves} ${deliveries()}`;
      if (now === stir) {
        rested = moves;
        rest();
      }
      stir = now;
    }
    wheel.after(lookMs, look);
  }
  wheel.after(lookMs, look);
}
