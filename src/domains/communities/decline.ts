import { PlazaError } from '../../../contracts/errors.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { locked, self } from './locked.ts';

/** Only the invited person has an invitation to decline. A private community is out of sight after. */
export function decline(deps: Deps): Communities['decline'] {
  return async (who, { community }) => {
    await locked(deps, who, community, 'shared', async (tx) => {
      const person = self(who).id;
      const declined = await tx`delete from community_invitations where community = ${community} and person = ${person} returning 1`;
      if (declined.length === 0)
        throw new PlazaError('not_found', 'There is no invitation to this community for you.', { rule: 'no-invitation' });
      await emit(tx, [{ topic: { kind: 'access' }, event: { type: 'access', community, person } }]);
      return declined;
    });
  };
}
