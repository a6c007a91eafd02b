import { computed, shallowRef, watch } from 'vue';
import { useMyRole } from '../communities/useMyRole.ts';
import { globalId } from '../wire/ids.ts';
import { useQuery } from '../wire/query.ts';
import { type DiscussionData, TheDiscussion } from './messageDocuments.ts';

type Discussion = Extract<DiscussionData, { __typename: 'Discussion' }>;

/** A discussion as the server knows it: what it is, where it stands, and what the caller may do in it. */
export function useDiscussion(id: () => string) {
  const { data, error, loading, again } = useQuery(TheDiscussion, () => ({ channel: globalId('Channel', id()) }));
  const channel = computed(() => (data.value?.channel?.id === id() ? data.value.channel : null));
  const discussion = shallowRef<Discussion | null>(null);
  // Who loses access keeps what is on the screen; the page says that nothing more will come.
  watch(
    [channel, id],
    ([now, wanted]) => {
      if (now?.__typename === 'Discussion') discussion.value = now;
      else if (discussion.value?.id !== wanted) discussion.value = null;
    },
    { immediate: true },
  );
  useMyRole(() => discussion.value?.community, again);
  return {
    discussion: computed(() => discussion.value),
    isOfAnotherKind: computed(() => channel.value !== null && channel.value.__typename !== 'Discussion'),
    error,
    loading,
    again,
  };
}
