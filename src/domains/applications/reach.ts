import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { isId } from '../../kit/page.ts';
import type { Policy, Who } from '../policy/index.ts';

export function noSuchApplication(): PlazaError {
  return new PlazaError('not_found', 'There is no such application, or you may not see it.');
}

/**
 * May the caller do this to the application? Another tenant's is not there for those who do not run the place.
 * @throws not_found for another's, forbidden for one's own
 */
export function reach(policy: Policy, who: Who, action: 'application.manage' | 'application.read', application: Id): void {
  if (!isId(application)) throw noSuchApplication();
  const facts = { ...policy.standing(who), sameApplication: who.application === application };
  if (facts.role !== 'guest' && !facts.sameApplication && !policy.decide(action, facts).allowed) throw noSuchApplication();
  policy.ask(action, facts);
}
