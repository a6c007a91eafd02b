import type { Id } from '../../../contracts/nouns.ts';
import { defaultApplication } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import type { Applications } from './index.ts';
import { noSuchApplication } from './reach.ts';

/** Nothing is remembered, so nothing is ever stale: both parts are found by an index, in a tenth of a millisecond. */
export function place({ sql, policy }: Deps): Applications['place'] {
  return async (who) => {
    const [row] = await sql<{ id: Id; name: string; admin: boolean }[]>`
      select a.id, a.name, exists (select from accounts where application = a.id and role = 'admin') as admin
      from applications a where a.id = ${who.application}`;
    if (!row) throw noSuchApplication();
    return {
      id: row.id,
      name: row.name,
      adminWanted: row.id === defaultApplication && !row.admin,
      mayCreateCommunity: policy.decide('community.create', policy.standing(who)).allowed,
    };
  };
}
