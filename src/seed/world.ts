import { type PlannedCommunity, planCommunities } from './communities.ts';
import { type Conversation, fillOutline } from './conversation.ts';
import { planOutlines } from './outlines.ts';
import { type PlannedPerson, planPeople } from './people.ts';
import { readSubjects } from './subjects.ts';

export interface WorldSize {
  seed: number;
  people: number;
  messages: number;
  /** Handles that are in use already. */
  taken?: ReadonlySet<string>;
}

/** A whole world as a plan: people and communities at once, conversations one after the other, in the order they began. */
export interface World {
  people: PlannedPerson[];
  communities: PlannedCommunity[];
  conversations(): Generator<Conversation>;
}

/** The same for the same numbers: who there is, what is said, in which order, and how long before the end. */
export function planWorld({ seed, people: count, messages, taken }: WorldSize): World {
  const { subjects, everyday } = readSubjects();
  const people = planPeople(seed, count, subjects, taken);
  const communities = planCommunities(seed, people, subjects, everyday);
  const outlines = planOutlines(seed, people, communities, messages);
  return {
    people,
    communities,
    *conversations() {
      for (const [place, outline] of outlines.entries()) yield fillOutline(seed, place, outline, people, everyday);
    },
  };
}
