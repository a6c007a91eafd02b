import { PlazaError } from '../../../contracts/errors.ts';
import { cleanReason, record } from '../moderation/index.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { kept } from './kept.ts';
import { locked, self } from './locked.ts';
import { removeMember, roleOf } from './membership.ts';
import { mustBeHere } from './target.ts';

export function kick(deps: Deps): Communities['kick'] {
  return async (who, { community, person, reason }) => {
    const why = cleanReason(reason);
    await locked(deps, who, community, 'alone', async (tx, facts) => {
      const me = self(who);
      if (me.id === person) throw new PlazaError('invalid_input', 'To go yourself, leave.', { field: 'person', rule: 'oneself' });
      await mustBeHere(tx, who, person);
      deps.policy.ask('community.remove', { ...facts, targetRole: await roleOf(tx, { community, person }) });
      const removed = await removeMember(tx, deps.conversations, { community, person });
      if (!removed) throw new PlazaError('not_found', 'This person is not a member.', { field: 'person', rule: 'no-member' });
      await record(tx, [kept(who, me, 'member_removed', { community, person, reason: why })]);
      return { removed };
    });
    // This process does not wait for the feed to tell it.
    deps.policy.forget({ type: 'access', community, person });
  };
}
