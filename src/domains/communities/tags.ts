import { pageSize } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { visible } from './visible.ts';

/** So many of the newest communities are looked at: enough to know what is spoken of here, and never more work than that. */
const lookedAt = 5000;

export function tags({ sql }: Deps): Communities['tags'] {
  return async (who, first) => {
    const rows = await sql<{ tag: string }[]>`
      select tag from (select c.tags from communities c where ${visible(sql, who)} order by c.id desc limit ${lookedAt}) newest,
        unnest(newest.tags) as tag
      group by tag order by count(*) desc, tag limit ${pageSize({ first })}`;
    return rows.map((row) => row.tag);
  };
}
