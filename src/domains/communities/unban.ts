import { PlazaError } from '../../../contracts/errors.ts';
import { emit } from '../../engines/feed/emit.ts';
import { cleanReason, record } from '../moderation/index.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { kept } from './kept.ts';
import { locked, self } from './locked.ts';
import { mustBeHere } from './target.ts';

/** The person may join again; the former membership does not come back by itself. */
export function unban(deps: Deps): Communities['unban'] {
  return async (who, { community, person, reason }) => {
    const why = cleanReason(reason);
    await locked(deps, who, community, 'alone', async (tx, facts) => {
      deps.policy.ask('community.remove', { ...facts, targetRole: 'none' });
      await mustBeHere(tx, who, person);
      const lifted = await tx`delete from community_bans where community = ${community} and person = ${person} returning 1`;
      if (lifted.length === 0) throw new PlazaError('not_found', 'This person is not banned.', { field: 'person', rule: 'not-banned' });
      await emit(tx, [{ topic: { kind: 'access' }, event: { type: 'access', community, person } }]);
      await record(tx, [kept(who, self(who), 'member_unbanned', { community, person, reason: why })]);
      return lifted;
    });
  };
}
