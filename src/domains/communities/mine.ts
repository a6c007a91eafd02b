import type { CommunityRole, Id } from '../../../contracts/nouns.ts';
import { numbers } from '../../engines/postgres/index.ts';
import { gathered, whenManyCome } from '../../kit/gathered.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { type CommunityRow, columns, toCommunity } from './rows.ts';

interface Ask {
  person: Id;
  application: Id;
}

type Mine = Awaited<ReturnType<Communities['mine']>>;

export function mine({ sql }: Deps): Communities['mine'] {
  const ask = gathered<Ask, Mine>(async (asks) => {
    const rows = await sql<(CommunityRow & { place: number; role: CommunityRole })[]>`
      select a.place::int, c.* from unnest(
        ${numbers(asks.map(({ person }) => person))}::bigint[], ${numbers(asks.map(({ application }) => application))}::bigint[]
      ) with ordinality as a (person, application, place)
      cross join lateral (
        select ${columns(sql)}, m.role from community_members m join communities c on c.id = m.community
        where m.person = a.person and c.application = a.application order by m.community desc limit 500
      ) c`;
    const found: Mine[] = asks.map(() => []);
    for (const row of rows) found[row.place - 1]?.push({ community: toCommunity(row), role: row.role });
    return found;
  }, whenManyCome);
  return async ({ person, application, role }) => {
    // An application's bot is a member of nothing.
    if (!person || role === 'application') return [];
    return (await ask({ person: person.id, application })) ?? [];
  };
}
