import type { CommunityRole, Id } from '../../../contracts/nouns.ts';
import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';

export function myRoles({ sql }: Deps): Communities['myRoles'] {
  return async (who, communities) => {
    const asked = communities.filter(isId);
    if (!who.person || asked.length === 0) return communities.map(() => null);
    const rows = await sql<{ community: Id; role: CommunityRole }[]>`
      select community, role from community_members where person = ${who.person.id} and community = any (${asked}::bigint[])`;
    const roles = new Map(rows.map((row) => [row.community, row.role]));
    return communities.map((id) => roles.get(id) ?? null);
  };
}
