import type { RouteLocationRaw } from 'vue-router';
import type { Channel, Id } from '../../../contracts/nouns.ts';
import { live } from '../wire/session.ts';

/** The address of a channel, or of a message in it. Without a community that is known here, `go` finds it. */
export function placeOf({ id, kind, community }: Pick<Channel, 'id' | 'kind' | 'community'>, number?: number): RouteLocationRaw {
  const at = { channel: id, ...(number !== undefined && { number: String(number) }) };
  if (kind === 'direct' || kind === 'group') return { name: 'message', params: at };
  const slug = community === null ? undefined : slugOf(community);
  if (slug === undefined) return { name: 'go', params: at };
  return { name: kind === 'discussion' ? 'discussion' : 'chat', params: { slug, ...at } };
}

function slugOf(community: Id): string | undefined {
  return live.value.communities.find((mine) => mine.community.id === community)?.community.slug;
}
