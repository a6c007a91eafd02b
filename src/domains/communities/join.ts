import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { locked, self } from './locked.ts';
import { addMember } from './membership.ts';
import { read } from './read.ts';

/** Joining again changes nothing. */
export function join(deps: Deps): Communities['join'] {
  return (who, { community }) =>
    locked(deps, who, community, 'shared', async (tx, facts) => {
      if (facts.communityRole === 'none') {
        deps.policy.ask('community.join', facts);
        await addMember(tx, deps.conversations, { community, person: self(who).id }, 'member');
      }
      return read(tx, community);
    });
}
