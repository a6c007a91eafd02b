import type { Id } from '../../../contracts/nouns.ts';
import { decodeCursor, pageSize, toPage } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { self } from './locked.ts';
import { type CommunityRow, columns, toCommunity } from './rows.ts';

/** The caller's own, not yet answered, by the age of the community, newest first. */
export function invitations({ sql }: Deps): Communities['invitations'] {
  return async (who, page) => {
    const size = pageSize(page);
    const [after] = page.after ? decodeCursor(page.after, ['id']) : [];
    const rows = await sql<(CommunityRow & { invited_by: Id; invited_at: Date })[]>`
      select ${columns(sql)}, i.invited_by, i.created_at as invited_at
      from community_invitations i join communities c on c.id = i.community
      where i.person = ${self(who).id} and ${after === undefined ? sql`true` : sql`i.community < ${after}`}
      order by i.community desc limit ${size + 1}`;
    return toPage(
      rows,
      size,
      (row) => ({ community: toCommunity(row), invitedBy: row.invited_by, createdAt: row.invited_at.toISOString() }),
      (row) => [row.id],
    );
  };
}
