import { computed, watch } from 'vue';
import { globalId } from '../wire/ids.ts';
import { useQuery } from '../wire/query.ts';
import { live } from '../wire/session.ts';
import { type DiscussionData, TheDiscussion } from './messageDocuments.ts';

type Discussion = Extract<DiscussionData, { __typename: 'Discussion' }>;

/** A discussion as the server knows it: what it is, where it stands, and what the caller may do in it. */
export function useDiscussion(id: () => string) {
  const { data, error, loading, again } = useQuery(TheDiscussion, () => ({ channel: globalId('Channel', id()) }));
  const channel = computed(() => (data.value?.channel?.id === id() ? data.value.channel : null));
  const discussion = computed((): Discussion | null => (channel.value?.__typename === 'Discussion' ? channel.value : null));
  const role = computed(() => live.value.communities.find(({ community }) => community.id === discussion.value?.community?.id)?.role);
  // Joined, left, or given another role: what one may do is another.
  watch(role, (now, before) => {
    if (now !== before) again();
  });
  return { discussion, isOfAnotherKind: computed(() => channel.value !== null && discussion.value === null), error, loading, again };
}
