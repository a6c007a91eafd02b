import type { Id, Profile } from '../../../contracts/nouns.ts';
import type { Pool } from '../../engines/postgres/index.ts';
import type { Memory } from '../../kit/memory.ts';
import type { Policy } from '../policy/index.ts';

export interface PeopleDeps {
  sql: Pool;
  policy: Policy;
}

/** A profile and the application it belongs to, by the person's id. */
export type Known = Memory<{ profile: Profile; application: Id }>;

export interface Deps extends PeopleDeps {
  known: Known;
}
