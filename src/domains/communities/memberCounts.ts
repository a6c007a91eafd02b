import type { Id } from '../../../contracts/nouns.ts';
import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { visible } from './visible.ts';

/** In the order asked; 0 for a community that the caller may not see. One query. */
export function memberCounts({ sql }: Deps): Communities['memberCounts'] {
  return async (who, communities) => {
    const asked = communities.filter(isId);
    if (asked.length === 0) return communities.map(() => 0);
    const rows = await sql<{ community: Id; count: number }[]>`
      select m.community, count(*)::int as count from communities c join community_members m on m.community = c.id
      where ${visible(sql, who)} and c.id = any (${asked}::bigint[])
      group by m.community`;
    const counts = new Map(rows.map((row) => [row.community, row.count]));
    return communities.map((id) => counts.get(id) ?? 0);
  };
}
