import { PlazaError } from '../../../contracts/errors.ts';
import type { Person } from '../../../contracts/nouns.ts';
import type { Pool } from '../../engines/postgres/index.ts';
import type { Policy, Who } from '../policy/index.ts';
import type { Log } from './log.ts';

export interface Deps {
  sql: Pool;
  /** The one connection for what is read most (`connectReads`): a look at the rows and then at who may see them go out together. */
  reads: Pool;
  log: Log;
  policy: Policy;
}

/** The person who speaks. @throws unauthenticated for guests */
export function speaker(who: Who): Person {
  if (who.person === null) throw new PlazaError('unauthenticated');
  return who.person;
}
