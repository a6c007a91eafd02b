import type { Chance } from './chance.ts';

export const hour = 3_600_000;
export const day = 24 * hour;
/** How far back the world goes. */
export const weeks = 8;
export const span = weeks * 7 * day;

/** How busy each hour of the local day is, from midnight on. */
const hours = [2, 1, 0.5, 0.3, 0.3, 0.6, 2, 5, 7, 8, 8, 8, 9, 8, 7, 7, 8, 9, 10, 11, 12, 11, 8, 4].map((busy) => busy / 12);
/** Of each seven days two are quiet. Counted back from the world's end, so that a world is the same on whichever day it is made. */
const quietDays = new Set([2, 3]);

/**
 * A moment between two, in milliseconds since the world began: by day rather than by night where the clock is `zone`
 * hours ahead of UTC, less on quiet days, and more towards the end, as the place grows. The world ends at midnight UTC.
 */
export function moment(chance: Chance, from: number, to: number, zone: number): number {
  let at = from;
  for (let tries = 0; tries < 40; tries++) {
    at = Math.floor(from + chance.next() * (to - from));
    if (chance.is(busy(at, zone))) return at;
  }
  return at;
}

/** 0 to 1. */
function busy(at: number, zone: number): number {
  const local = at + zone * hour;
  const back = Math.floor((span - local) / day);
  const byHour = hours[Math.floor((((local % day) + day) % day) / hour)] ?? 1;
  return byHour * (quietDays.has(((back % 7) + 7) % 7) ? 0.55 : 1) * (0.4 + (0.6 * at) / span);
}
