import { type ComputedRef, computed, shallowReactive, watchEffect } from 'vue';
import { ask, graphql } from '../wire/graphql.ts';
import { globalId } from '../wire/ids.ts';

const LinkedChannel = graphql(`
  query LinkedChannel($channel: ID!) {
    channel(id: $channel) { __typename name }
  }
`);

export interface Linked {
  name: string;
  discussion: boolean;
}

/** Channels that messages link to, by id; null where the caller may not read it, or while it is asked. */
const known = shallowReactive(new Map<string, Linked | null>());

/** What the linked conversation is called; null where there is nothing to show. */
export function useLinked(channel: () => string): ComputedRef<Linked | null> {
  watchEffect(() => {
    const id = channel();
    if (known.has(id)) return;
    known.set(id, null);
    ask(LinkedChannel, { channel: globalId('Channel', id) }).then(
      ({ channel: found }) => {
        if (found?.name) known.set(id, { name: found.name, discussion: found.__typename === 'Discussion' });
      },
      () => known.delete(id),
    );
  });
  return computed(() => known.get(channel()) ?? null);
}
