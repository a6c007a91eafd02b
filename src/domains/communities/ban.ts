import { PlazaError } from '../../../contracts/errors.ts';
import { emit } from '../../engines/feed/emit.ts';
import { cleanReason, record } from '../moderation/index.ts';
import type { Deps } from './deps.ts';
import { cleanUntil } from './fields.ts';
import type { Communities } from './index.ts';
import { kept } from './kept.ts';
import { locked, self } from './locked.ts';
import { removeMember, roleOf } from './membership.ts';
import { mustBeHere } from './target.ts';

/** Banning again replaces the reason and the end. Who is not a member can be banned too. */
export function ban(deps: Deps): Communities['ban'] {
  return async (who, { community, person, reason, until }) => {
    const why = cleanReason(reason);
    const end = until === undefined ? null : cleanUntil(until);
    await locked(deps, who, community, 'alone', async (tx, facts) => {
      const me = self(who);
      if (me.id === person) throw new PlazaError('invalid_input', 'To go yourself, leave.', { field: 'person', rule: 'oneself' });
      await mustBeHere(tx, who, person);
      deps.policy.ask('community.remove', { ...facts, targetRole: await roleOf(tx, { community, person }) });

      await tx`
        insert into community_bans (community, person, banned_by, reason, until) values (${community}, ${person}, ${me.id}, ${why}, ${end})
        on conflict (community, person) do update
        set banned_by = excluded.banned_by, reason = excluded.reason, until = excluded.until, created_at = now()`;
      await tx`delete from community_invitations where community = ${community} and person = ${person}`;
      const removed = await removeMember(tx, deps.conversations, { community, person });
      // Somebody who only read public channels loses them too, so every process hears of it in any case.
      if (!removed) await emit(tx, [{ topic: { kind: 'access' }, event: { type: 'access', community, person } }]);
      await record(tx, [kept(who, me, 'member_banned', { community, person, reason: why })]);
      return { removed };
    });
    // This process does not wait for the feed to tell it.
    deps.policy.forget({ type: 'access', community, person });
  };
}
