import { PlazaError } from '../../../contracts/errors.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { locked, self } from './locked.ts';
import { roleOf } from './membership.ts';
import { mustBeHere } from './target.ts';

/** Inviting again changes nothing. */
export function invite(deps: Deps): Communities['invite'] {
  return async (who, { community, person }) => {
    await locked(deps, who, community, 'shared', async (tx, facts) => {
      deps.policy.ask('community.invite', facts);
      const me = self(who);
      await mustBeHere(tx, who, person);
      if ((await roleOf(tx, { community, person })) !== 'none')
        throw new PlazaError('conflict', 'This person is a member already.', { field: 'person', rule: 'member-already' });
      const [ban] = await tx`
        select 1 from community_bans where community = ${community} and person = ${person} and (until is null or until > now())`;
      if (ban)
        throw new PlazaError('conflict', 'This person is banned from the community; lift the ban first.', {
          field: 'person',
          rule: 'person-banned',
        });

      const invited = await tx`
        insert into community_invitations (community, person, invited_by) values (${community}, ${person}, ${me.id})
        on conflict do nothing returning 1`;
      if (invited.length > 0) {
        await emit(tx, [
          { topic: { kind: 'person', person }, event: { type: 'invited', community, by: me } },
          { topic: { kind: 'access' }, event: { type: 'access', community, person } },
        ]);
      }
      return invited;
    });
  };
}
