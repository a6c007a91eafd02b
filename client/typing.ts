import type { Id, Person } from '../contracts/nouns.ts';
import { createTimers } from './timers.ts';

/** Who writes something just now. */
export interface Typing {
  /** At each of my own keystrokes. */
  typed(): void;
  heard(person: Person): void;
  /** What was typed is there. */
  posted(person: Id): void;
  end(): void;
}

const tellEveryMs = 3000;
const shownMs = 6000;
/** A hint may come after the message that was being typed; what was typed before it says nothing new. */
const typedBeforeMs = 1000;

export function createTyping(tell: () => void, changed: (people: readonly Person[]) => void): Typing {
  const timers = createTimers();
  const postedAt = new Map<Id, number>();
  let people: readonly Person[] = [];
  let toldAt = 0;

  function show(next: readonly Person[]): void {
    if (next.length === people.length) return;
    people = next;
    changed(people);
  }

  function stop(person: Id): void {
    timers.clear(person);
    show(people.filter(({ id }) => id !== person));
  }

  return {
    typed() {
      if (Date.now() - toldAt < tellEveryMs) return;
      toldAt = Date.now();
      tell();
    },
    heard(person) {
      if (Date.now() - (postedAt.get(person.id) ?? 0) <= typedBeforeMs) return;
      timers.anew(person.id, shownMs, () => stop(person.id));
      if (!people.some(({ id }) => id === person.id)) show([...people, person]);
    },
    posted(person) {
      postedAt.set(person, Date.now());
      stop(person);
    },
    end() {
      timers.clearAll();
      show([]);
    },
  };
}
