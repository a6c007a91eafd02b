import type { Pool } from '../../engines/postgres/index.ts';
import type { Logger } from '../../kit/log.ts';
import type { Memory } from '../../kit/memory.ts';
import type { People } from '../people/index.ts';
import type { Policy, Who } from '../policy/index.ts';

export interface ApplicationsDeps {
  sql: Pool;
  policy: Policy;
  people: Pick<People, 'add'>;
  log: Pick<Logger, 'warn'>;
}

/** A token as `whoIs` remembers it, by its hash. */
export interface KnownToken {
  id: string;
  who: Omit<Who, 'address'>;
  expiresAt: number | null;
  /** When its use was last noted, ms since 1970. */
  notedAt: number;
}

export interface Deps extends ApplicationsDeps {
  known: Memory<KnownToken>;
}
