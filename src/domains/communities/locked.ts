import { PlazaError } from '../../../contracts/errors.ts';
import type { Id, Person } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { isId } from '../../kit/page.ts';
import type { Facts, Who } from '../policy/index.ts';
import type { Deps } from './deps.ts';

/**
 * Runs one change of a community or of who belongs to it. The community's row is locked before the caller's standing
 * is read, so that two changes at the same moment cannot each rest on what the other takes away: the last two owners
 * cannot demote each other, nobody joins past a ban that is being written.
 *
 * `shared`: the change only adds somebody, many at once. `alone`: it takes something away.
 * @throws not_found if the caller may not see the community
 */
export async function locked<T extends object>(
  { sql, policy }: Pick<Deps, 'sql' | 'policy'>,
  who: Who,
  community: Id,
  lock: 'shared' | 'alone',
  work: (tx: Transaction, facts: Facts) => Promise<T>,
): Promise<T> {
  if (!isId(community)) throw new PlazaError('not_found');
  const { result } = await sql.begin(async (tx) => {
    const strength = lock === 'alone' ? tx`no key update` : tx`share`;
    await tx`select from communities where id = ${community} and application = ${who.application} for ${strength}`;
    return { result: await work(tx, await policy.toCommunity(who, community, tx)) };
  });
  return result;
}

/** The person who asks. @throws unauthenticated for guests */
export function self(who: Who): Person {
  if (!who.person) throw new PlazaError('unauthenticated');
  return who.person;
}
