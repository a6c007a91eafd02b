import { type ComputedRef, computed, shallowReactive, watchEffect } from 'vue';
import type { Person } from '../../../contracts/nouns.ts';
import { t } from '../texts/index.ts';
import { ask } from '../wire/graphql.ts';
import { globalId } from '../wire/ids.ts';
import { type Quoted, quotedMessages } from './channelDetails.ts';
import { useConversation } from './conversation.ts';
import { gathered } from './gathered.ts';

export interface Original {
  name: string;
  person: Pick<Person, 'id' | 'name' | 'handle' | 'avatar'> | null;
  /** Null once deleted. */
  body: string | null;
}

/** Messages that are quoted and lie outside of what is loaded, by channel and number. */
const fetched = shallowReactive(new Map<string, Original | null>());
const mostKept = 500;

/** The quoted message, from what is loaded or from the server; null while it is on the way. */
export function useOriginal(number: () => number): ComputedRef<Original | null> {
  const { id, messageOf, personOf, view } = useConversation();
  const place = () => `${id.value}/${number()}`;

  watchEffect(() => {
    if (view.value.log === null || messageOf(number()) !== undefined || fetched.has(place())) return;
    if (fetched.size >= mostKept) fetched.clear();
    fetched.set(place(), null);
    void fetchOne(id.value, number(), place());
  });

  return computed(() => {
    const message = messageOf(number());
    if (message === undefined) return fetched.get(place()) ?? null;
    const person = personOf(message.author) ?? null;
    return { name: person?.name ?? t('conversation.somebody'), person, body: message.body };
  });
}

interface Asked {
  channel: string;
  number: number;
}

/** Many are drawn at once, and each message costs the server a query of its own. */
const mostAtOnce = 20;
const quoted = gathered<Asked, Quoted>(async (asked) => {
  const found = new Map<Asked, Quoted>();
  for (const [channel, all] of Map.groupBy(asked, (one) => one.channel)) {
    const { channel: answer } = await ask(quotedMessages(all.map(({ number }) => number)), { channel: globalId('Channel', channel) });
    for (const one of all) {
      const message = answer?.[`at${one.number}`]?.nodes.find(({ number }) => number === one.number);
      if (message !== undefined) found.set(one, message);
    }
  }
  return found;
}, mostAtOnce);

async function fetchOne(channel: string, number: number, place: string): Promise<void> {
  try {
    const message = await quoted({ channel, number });
    if (message !== undefined) {
      fetched.set(place, { name: message.author?.name ?? t('conversation.somebody'), person: message.author, body: message.body });
    }
  } catch {
    // Asked for again when it is next drawn.
    fetched.delete(place);
  }
}
