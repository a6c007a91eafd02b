import type { Community, CommunityRole, Id } from '../../../contracts/nouns.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { tags } from '../../kit/text.ts';
import { type Fields, insert } from './create.ts';
import { cleanDescription, cleanName, cleanVisibility } from './fields.ts';
import { toCommunity } from './rows.ts';
import { slugsOf } from './slug.ts';

/** A community that has been here, or elsewhere, for a while. */
export interface PastCommunity extends Fields {
  application: Id;
  createdBy: Id;
  createdAt: Date;
  /** At least one owner among them. */
  members: readonly { person: Id; role: CommunityRole; joinedAt: Date }[];
}

/** Brings a community in with its members and the past it had. Nobody is asked, and it has no channel yet. @throws invalid_input */
export async function bringInCommunity(tx: Transaction, past: PastCommunity): Promise<Community> {
  const fields = {
    name: cleanName(past.name),
    description: cleanDescription(past.description),
    tags: tags(past.tags),
    visibility: cleanVisibility(past.visibility),
    official: past.official,
  };
  const row = await insert(
    tx,
    { application: past.application, createdBy: past.createdBy, createdAt: past.createdAt },
    fields,
    slugsOf(fields.name),
  );
  await tx`
    insert into community_members (community, person, role, joined_at)
    select ${row.id}, person, role, joined_at
    from unnest(${past.members.map((m) => m.person)}::bigint[], ${past.members.map((m) => m.role)}::text[],
      ${past.members.map((m) => m.joinedAt.toISOString())}::timestamptz[]) as m (person, role, joined_at)`;
  await emit(tx, [
    ...past.members.map(({ person, role }) => ({
      topic: { kind: 'person' as const, person },
      event: { type: 'community_joined' as const, community: row.id, role },
    })),
    { topic: { kind: 'access' }, event: { type: 'access', community: row.id } },
  ]);
  return toCommunity(row);
}
