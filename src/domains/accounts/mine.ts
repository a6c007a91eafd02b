import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Who } from '../policy/index.ts';

/** The caller's own account and device. @throws unauthenticated for guests, forbidden for applications, which have none */
export function mine(who: Who): { account: Id; device: Id } {
  if (who.role === 'application') throw new PlazaError('forbidden', 'An application has no account; sign in as a person.');
  if (who.account === null || who.device === null) throw new PlazaError('unauthenticated');
  return { account: who.account, device: who.device };
}
