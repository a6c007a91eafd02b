import { decodeCursor, pageSize } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Conversations } from './index.ts';
import { cursorKeys, type DiscussionRow, readable, toDiscussion } from './lists.ts';

/**
 * Every community's latest one is looked up first: the page can only be made of the communities that have the newest
 * of these, so only there the rest of the page is read. Both go along `discussions_latest`. A page takes 5 ms to
 * a member of 1,000 communities, and 23 ms to a guest where 10,000 are public.
 */
export function news({ sql, policy }: Deps): Conversations['news'] {
  return async (who, page) => {
    const size = pageSize(page);
    const [at = null, id = '0'] = page.after ? decodeCursor(page.after, ['time', 'id']) : [];
    const me = who.person?.id ?? null;
    const shown =
      me === null
        ? sql`c.visibility = 'public'`
        : sql`(c.visibility = 'public' or exists (select from channel_members m where m.channel = c.id and m.person = ${me}))`;
    const next = sql`
      c.kind = 'discussion' and ${shown}
      ${at === null ? sql`` : sql`and (c.active_at, c.id) < (to_timestamp(${Number(at)}::float8 / 1000), ${id}::bigint)`}
      order by c.active_at desc, c.id desc`;
    const rows = await sql<DiscussionRow[]>`
      with places as (
        ${
          me === null
            ? sql`select id from communities where application = ${who.application} and visibility = 'public'`
            : sql`select community as id from community_members where person = ${me}`
        }
      ), newest as materialized (
        select p.id from places p
        cross join lateral (select c.active_at, c.id from channels c where c.community = p.id and ${next} limit 1) first
        order by first.active_at desc, first.id desc limit ${size + 1}
      )
      select d.* from newest n
      cross join lateral (select * from channels c where c.community = n.id and ${next} limit ${size + 1}) d
      order by d.active_at desc, d.id desc limit ${size + 1}`;
    return await readable(policy, who, rows, size, toDiscussion, cursorKeys.latest);
  };
}
