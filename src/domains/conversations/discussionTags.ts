import type { Id } from '../../../contracts/nouns.ts';
import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Conversations } from './index.ts';

/**
 * So many of the latest discussions of a community are looked at, along `discussions_latest`: tags are to lead to what is
 * going on, and a community of 100,000 discussions costs no more than one of as many as these.
 */
const lookedAt = 1000;
const most = 30;

export function discussionTags({ sql, policy }: Deps): Conversations['discussionTags'] {
  return async (who, communities) => {
    const rows = await sql<{ community: Id; tags: string[] }[]>`
      select a.community, t.tags from unnest(${[...new Set(communities.filter(isId))]}::bigint[]) as a (community)
      cross join lateral (
        select array(
          select tag from (
            select c.tags from channels c where c.community = a.community and c.kind = 'discussion' and c.visibility = 'public'
            order by c.active_at desc, c.id desc limit ${lookedAt}
          ) latest, unnest(latest.tags) as tag
          group by tag order by count(*) desc, tag limit ${most}
        ) as tags
      ) t`;
    // After reading, like all lists (L9): of who may read the public discussions there.
    const standings = await policy.toCommunities(who, communities);
    const tags = new Map(rows.map((row) => [row.community, row.tags]));
    return communities.map((community, i) => {
      const facts = standings[i];
      const reads = facts && policy.decide('channel.read', { ...facts, channelKind: 'discussion', channelVisibility: 'public' }).allowed;
      return reads ? (tags.get(community) ?? []) : [];
    });
  };
}
