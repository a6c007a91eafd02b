import { PlazaError } from '../../../contracts/errors.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { locked, self } from './locked.ts';
import { otherOwner, removeMember } from './membership.ts';

/** The last owner leaves only when nobody else is left: then it stands empty until an admin of the place takes care of it. */
export function leave(deps: Deps): Communities['leave'] {
  return async (who, { community }) => {
    const { person } = await locked(deps, who, community, 'alone', async (tx, facts) => {
      const me = { community, person: self(who).id };
      if (facts.communityRole === 'owner' && !(await otherOwner(tx, me))) {
        const [other] = await tx`select 1 from community_members where community = ${community} and person <> ${me.person} limit 1`;
        if (other)
          throw new PlazaError('conflict', 'You are the last owner and others are still here; make somebody else an owner first.', {
            rule: 'last-owner',
          });
      }
      const left = await removeMember(tx, deps.conversations, me);
      if (!left) throw new PlazaError('not_found', 'You are not a member of this community.');
      return me;
    });
    // This process does not wait for the feed to tell it.
    deps.policy.forget({ type: 'access', community, person });
  };
}
