import type { Pool } from '../../engines/postgres/index.ts';
import type { Conversations } from '../conversations/index.ts';
import type { People } from '../people/index.ts';
import type { Policy } from '../policy/index.ts';

export interface Deps {
  sql: Pool;
  /** The one connection for what is read most. */
  reads: Pool;
  policy: Policy;
  conversations: Pick<Conversations, 'firstChat' | 'enterCommunities' | 'leaveCommunity'>;
  people: Pick<People, 'profiles'>;
}
