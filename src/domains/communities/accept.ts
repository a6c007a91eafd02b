import { PlazaError } from '../../../contracts/errors.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { locked, self } from './locked.ts';
import { addMember } from './membership.ts';
import { read } from './read.ts';

/** Only the invited person has an invitation to accept: nobody can be named here. */
export function accept(deps: Deps): Communities['accept'] {
  return (who, { community }) =>
    locked(deps, who, community, 'shared', async (tx, facts) => {
      const me = self(who);
      if (!facts.invited) throw new PlazaError('not_found', 'There is no invitation to this community for you.', { rule: 'no-invitation' });
      deps.policy.ask('community.join', facts);
      await addMember(tx, deps.conversations, { community, person: me.id }, 'member');
      return read(tx, community);
    });
}
