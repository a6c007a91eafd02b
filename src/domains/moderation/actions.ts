import { PlazaError } from '../../../contracts/errors.ts';
import type { CommunityRole, Id } from '../../../contracts/nouns.ts';
import { decodeCursor, isId, pageSize, toPage } from '../../kit/page.ts';
import type { Moderation, ModerationDeps, ModerationKind } from './index.ts';

interface ActionRow {
  id: Id;
  kind: ModerationKind;
  by: Id;
  person: Id | null;
  channel: Id | null;
  number: number | null;
  role: CommunityRole | null;
  reason: string;
  created_at: Date;
}

export function actions({ sql, policy }: ModerationDeps): Moderation['actions'] {
  return async (who, community, page) => {
    const size = pageSize(page);
    if (!isId(community)) throw new PlazaError('not_found', 'There is no such community, or you may not see it.');
    const [after] = page.after ? decodeCursor(page.after, ['id']) : [];
    const rows = await sql<ActionRow[]>`
      select id, kind, by, person, channel, number, role, reason, created_at from moderation_actions
      where community = ${community} and ${after === undefined ? sql`true` : sql`id < ${after}`}
      order by id desc limit ${size + 1}`;
    // After reading: what was found was there before any later refusal (L9).
    policy.ask('community.audit', await policy.toCommunity(who, community));
    return toPage(
      rows,
      size,
      ({ created_at, ...row }) => ({ ...row, createdAt: created_at.toISOString() }),
      (row) => [row.id],
    );
  };
}
