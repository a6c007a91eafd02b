import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { decodeCursor, isId, pageSize, toPage } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Ban, Communities } from './index.ts';

interface BanRow {
  person: Id;
  banned_by: Id;
  reason: string;
  until: Date | null;
  created_at: Date;
}

/** The newest first; banning again makes a ban new. Bans that have ended by themselves are none. */
export function bans({ sql, policy, people }: Deps): Communities['bans'] {
  return async (who, community, page) => {
    const size = pageSize(page);
    if (!isId(community)) throw new PlazaError('not_found', 'There is no such community, or you may not see it.');
    const [at = null, last = '0'] = page.after ? decodeCursor(page.after, ['time', 'id']) : [];
    const rows = await sql<BanRow[]>`
      select person, banned_by, reason, until, created_at from community_bans
      where community = ${community} and (until is null or until > now())
        ${at === null ? sql`` : sql`and (created_at, person) < (to_timestamp(${Number(at)}::float8 / 1000), ${last}::bigint)`}
      order by created_at desc, person desc limit ${size + 1}`;
    // After reading: what was found was there before any later refusal (L9).
    policy.ask('community.audit', await policy.toCommunity(who, community));
    const profiles = await people.profiles(
      who,
      rows.map((row) => row.person),
    );

    const found = rows.flatMap(({ banned_by, reason, until, created_at }, i): Ban[] => {
      const person = profiles[i];
      return person ? [{ person, by: banned_by, reason, until: until?.toISOString() ?? null, createdAt: created_at.toISOString() }] : [];
    });
    return toPage(
      found,
      size,
      (ban) => ban,
      (ban) => [Date.parse(ban.createdAt), ban.person.id],
    );
  };
}
