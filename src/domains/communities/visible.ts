import type { Sql } from '../../engines/postgres/index.ts';
import type { Who } from '../policy/index.ts';

/**
 * The condition on `communities c` that holds for those the caller may see: the policy's `community.see` as SQL, so
 * that lists need no question for each row. A test holds the two together.
 */
export function visible(sql: Sql, who: Who) {
  if (who.role === 'application') return sql`false`;
  const mine = sql`c.application = ${who.application}`;
  if (who.role === 'admin' || who.role === 'moderator') return mine;
  if (!who.person) return sql`${mine} and c.visibility = 'public'`;
  const me = who.person.id;
  return sql`${mine} and (c.visibility = 'public'
    or exists (select from community_members m where m.community = c.id and m.person = ${me})
    or exists (select from community_invitations i where i.community = c.id and i.person = ${me}))`;
}
