/**
 * An open loop: send k is due at t0 + k / rate, whatever became of those before. Nothing waits for an answer, so that a
 * server that stalls is seen to stall.
 */
import { quantile } from '../quantile.ts';

export interface OpenLoop {
  /** Sends a second. */
  rate: number;
  seconds: number;
  /** Sends number `k`, from 0; `due` by CLOCK_MONOTONIC in nanoseconds. Must neither wait nor throw. */
  send(k: number, due: bigint): void;
}

export interface Sent {
  count: number;
  /** By `process.hrtime.bigint()`. */
  began: bigint;
  /** How much later than due sends were made: the load's own fault. */
  lateP99Millis: number;
}

/** Resolves when the last one is sent. */
export async function openLoop({ rate, seconds, send }: OpenLoop): Promise<Sent> {
  const count = Math.round(rate * seconds);
  const began = process.hrtime.bigint() + 1_000_000n;
  const late: number[] = [];
  for (let k = 0; k < count; ) {
    const now = process.hrtime.bigint();
    for (; k < count; k++) {
      const due = dueAt(began, k, rate);
      if (due > now) break;
      late.push(Number(now - due) / 1e6);
      send(k, due);
    }
    if (k < count) await untilDue(dueAt(began, k, rate));
  }
  return { count, began, lateP99Millis: quantile(late, 0.99) };
}

/** Timers come up to this much late, which would stand in every latency that is measured. */
const timerMillis = 1.5;
const still = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps by a timer, so that whatever else there is to do gets done, and the last of it to the point. */
async function untilDue(due: bigint): Promise<void> {
  const left = () => Number(due - process.hrtime.bigint()) / 1e6;
  const pause = left() - timerMillis;
  await new Promise((resolve) => (pause >= 1 ? setTimeout(resolve, pause) : setImmediate(resolve)));
  const rest = left();
  if (rest > 0) Atomics.wait(still, 0, 0, rest);
}

export function dueAt(began: bigint, k: number, rate: number): bigint {
  return began + BigInt(Math.round((k * 1e9) / rate));
}

/** What a reader finds in a message's text to know which it is and when it was due: `~<k>.<due>~` in hexadecimal digits. */
export function mark(k: number, due: bigint): string {
  return `~${k.toString(16).padStart(8, '0')}.${due.toString(16).padStart(16, '0')}~`;
}

const filler = 'The beans are up, the snails know it already, and it has rained on nobody but us since. ';

/** A text of that many characters with a mark in it. */
export function markedText(k: number, due: bigint, characters = 100): string {
  return `${mark(k, due)} ${filler.repeat(Math.ceil(characters / filler.length))}`.slice(0, Math.max(27, characters));
}
