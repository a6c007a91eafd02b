import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { type CommunityRow, columns, toCommunity } from './rows.ts';
import { visible } from './visible.ts';

export function byIds({ sql }: Deps): Communities['byIds'] {
  return async (who, ids) => {
    const asked = ids.filter(isId);
    if (asked.length === 0) return ids.map(() => null);
    const rows = await sql<CommunityRow[]>`
      select ${columns(sql)} from communities c where ${visible(sql, who)} and c.id = any (${asked}::bigint[])`;
    const found = new Map(rows.map((row) => [row.id, toCommunity(row)]));
    return ids.map((id) => found.get(id) ?? null);
  };
}
