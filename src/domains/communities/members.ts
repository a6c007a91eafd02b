import { PlazaError } from '../../../contracts/errors.ts';
import type { CommunityRole, Id } from '../../../contracts/nouns.ts';
import { decodeCursor, isId, pageSize, toPage } from '../../kit/page.ts';
import { cleanQuery, named } from '../people/index.ts';
import type { Deps } from './deps.ts';
import type { Communities, CommunityMember } from './index.ts';

/** Owners, then moderators, then members, each by age of the person. */
export function members({ sql, policy, people }: Deps): Communities['members'] {
  return async (who, { community, q = '' }, page) => {
    const wanted = cleanQuery(q);
    const size = pageSize(page);
    if (!isId(community)) throw new PlazaError('not_found', 'There is no such community, or you may not see it.');
    const [role, after] = page.after ? decodeCursor(page.after, ['text', 'id']) : [];
    const rows = await sql<{ person: Id; role: CommunityRole; joined_at: Date }[]>`
      select person, role, joined_at from community_members
      where community = ${community}
        and ${wanted === '' ? sql`true` : sql`person in (select id from people where application = ${who.application} and ${named(sql, wanted)})`}
        and ${role === undefined || after === undefined ? sql`true` : sql`role <= ${role} and (role < ${role} or person > ${after})`}
      order by role desc, person limit ${size + 1}`;
    // After reading: what was found was there before any later refusal (L9).
    await policy.toCommunity(who, community);
    const profiles = await people.profiles(
      who,
      rows.map((row) => row.person),
    );

    const found = rows.flatMap((row, i): CommunityMember[] => {
      const person = profiles[i];
      return person ? [{ person, role: row.role, joinedAt: row.joined_at.toISOString() }] : [];
    });
    return toPage(
      found,
      size,
      (member) => member,
      (member) => [member.role, member.person.id],
    );
  };
}
