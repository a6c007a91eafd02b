import type { Id } from '../contracts/nouns.ts';
import { limits } from '../contracts/wire.ts';
import type { Connection } from './connection.ts';
import { createTimers } from './timers.ts';

/** Whose coming and going is on the screen, as all parts of a page want it together. */
export interface Watching {
  /** Watches these people too until the returned function is called. */
  watch(people: Iterable<Id>): () => void;
  /** The connection is new: the server knows of nobody. */
  live(): void;
  end(): void;
}

/** What many parts of a page want in the same moment is asked for once. */
const gatherMs = 50;

/** @param released nobody watches this person any more: nothing more is told */
export function createWatching(connection: Connection, released: (people: readonly Id[]) => void): Watching {
  const watched = new Map<Id, number>();
  const timers = createTimers();
  let told = '';

  function tell(): void {
    const people = [...watched.keys()].slice(-limits.watched);
    if (!connection.isLive() || people.join() === told) return;
    told = people.join();
    connection.tell({ type: 'watch', people });
  }

  return {
    watch(people) {
      const mine = [...new Set(people)];
      let isHeld = true;
      for (const person of mine) watched.set(person, (watched.get(person) ?? 0) + 1);
      timers.once('tell', gatherMs, tell);
      return () => {
        if (!isHeld) return;
        isHeld = false;
        const gone = mine.filter((person) => watched.get(person) === 1);
        for (const person of mine) watched.set(person, (watched.get(person) ?? 1) - 1);
        for (const person of gone) watched.delete(person);
        if (gone.length > 0) released(gone);
        timers.once('tell', gatherMs, tell);
      };
    },
    live() {
      told = '';
      tell();
    },
    end: timers.clearAll,
  };
}
