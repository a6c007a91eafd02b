import { PlazaError } from '../../../contracts/errors.ts';
import { cleanReason, record } from '../moderation/index.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { kept } from './kept.ts';
import { locked, self } from './locked.ts';
import { emitRole, otherOwner, roleOf } from './membership.ts';
import { mustBeHere } from './target.ts';

const roles: readonly string[] = ['owner', 'moderator', 'member'];

export function setRole(deps: Deps): Communities['setRole'] {
  return async (who, { community, person, role, reason }) => {
    if (!roles.includes(role)) throw new PlazaError('invalid_input', 'A role is "owner", "moderator" or "member".', { field: 'role' });
    const why = cleanReason(reason);
    await locked(deps, who, community, 'alone', async (tx, facts) => {
      await mustBeHere(tx, who, person);
      const target = { community, person };
      const before = await roleOf(tx, target);
      deps.policy.ask('community.set_role', { ...facts, targetRole: before });
      if (before === 'none') throw new PlazaError('not_found', 'This person is not a member.', { field: 'person', rule: 'no-member' });
      if (before === 'owner' && role !== 'owner' && !(await otherOwner(tx, target))) {
        throw new PlazaError('conflict', 'A community has at least one owner; make somebody else an owner first.', {
          field: 'role',
          rule: 'last-owner',
        });
      }
      if (before !== role) {
        await tx`update community_members set role = ${role} where community = ${community} and person = ${person}`;
        await emitRole(tx, target, role);
        await record(tx, [kept(who, self(who), 'role_changed', { ...target, role, reason: why })]);
      }
      return target;
    });
    // This process does not wait for the feed to tell it.
    deps.policy.forget({ type: 'access', community, person });
  };
}
