/** What was said last, as the page before knew it: for one that begins without a connection. */
import type { Id } from '../../../contracts/nouns.ts';
import type { MyChannel } from '../../../contracts/wire.ts';
import { wordsPlace } from '../wire/session.ts';
import { type Known, type Last, newestFirst } from './newest.ts';

/** Of the newest conversations; each takes a few hundred bytes. */
const most = 100;

export function keepWords(channels: readonly MyChannel[], known: ReadonlyMap<Id, Known>): void {
  const kept = newestFirst(channels, known)
    .slice(0, most)
    .flatMap(({ channel: { id } }) => {
      const last = known.get(id)?.last;
      return last ? [[id, last] as const] : [];
    });
  try {
    localStorage.setItem(wordsPlace, JSON.stringify(kept));
  } catch {
    // The storage is full or forbidden: without a connection the list then says who, and not what.
  }
}

/** Of no version, so that all of it is asked for anew once there is a connection. */
export function keptWords(): ReadonlyMap<Id, Known> {
  try {
    const kept = JSON.parse(localStorage.getItem(wordsPlace) ?? '[]') as [Id, Last][];
    return new Map(kept.map(([id, last]) => [id, { asked: -1, version: -1, number: 0, last }]));
  } catch {
    // Not written by us; what is kept next replaces it.
    return new Map();
  }
}
