import type { Id } from '../../../contracts/nouns.ts';
import type { Sql } from '../../engines/postgres/index.ts';
import { wholeNumber } from '../../kit/text.ts';
import type { Who } from '../policy/index.ts';
import { channelId } from './access.ts';
import type { Deps } from './deps.ts';
import type { Conversations, PublicDiscussion } from './index.ts';

const most = 10_000;

/** For those who list them all. What the policy would refuse nevertheless is left out. */
export function publicDiscussions({ sql, policy }: Deps): Conversations['publicDiscussions'] {
  return async (who, { after = '0', limit }) => {
    const size = wholeNumber(limit, 'limit', 1, most);
    if (after !== '0') channelId(after);
    const rows = await sql<{ id: Id; slug: string; active_at: Date }[]>`
      select c.id, m.slug, coalesce(c.active_at, c.created_at) as active_at ${open(sql, who)} and c.id > ${after} order by c.id limit ${size}`;
    const standings = await policy.toChannels(rows.map(({ id }) => ({ who, channel: id })));
    return rows.flatMap(({ id, slug, active_at }, i): PublicDiscussion[] =>
      standings[i] ? [{ id, slug, activeAt: active_at.toISOString() }] : [],
    );
  };
}

export function publicMarks({ sql }: Deps): Conversations['publicMarks'] {
  return async (who, every) => {
    const step = wholeNumber(every, 'every', 1, most);
    const rows = await sql<{ id: Id }[]>`
      select id from (select c.id, row_number() over (order by c.id) as place ${open(sql, who)}) listed
      where place % ${step} = 0 order by id`;
    return rows.map(({ id }) => id);
  };
}

/** Discussions `c` of communities `m` that are open to everybody, where the opening message still stands. */
function open(sql: Sql, who: Who) {
  return sql`
    from channels c join communities m on m.id = c.community
    where c.kind = 'discussion' and c.visibility = 'public' and m.visibility = 'public' and m.application = ${who.application}
      and exists (select from messages first where first.channel = c.id and first.number = 1 and first.deleted_at is null)`;
}
