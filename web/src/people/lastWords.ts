/** What was said last in my direct and group channels: asked for once, then only where something moved. */
import { useDocumentVisibility } from '@vueuse/core';
import { type ComputedRef, computed, onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue';
import type { Client } from '../../../client/client.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { MyChannel } from '../../../contracts/wire.ts';
import { excerpt } from '../../../markup/excerpt.ts';
import { connection } from '../app/connection.ts';
import { ask, graphql, type ResultOf } from '../wire/graphql.ts';
import { globalId } from '../wire/ids.ts';
import { client, isOnline, live } from '../wire/session.ts';
import { keepWords, keptWords } from './keptWords.ts';
import { hasMoved, type Known } from './newest.ts';

const LastWords = graphql(`
  query LastWords($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Channel {
        id: plainId
        version lastNumber
        lastMessage { body createdAt author { id: plainId name } }
      }
    }
  }
`);
type Node = ResultOf<typeof LastWords>['nodes'][number];

/** Ids that the server takes at once. */
const mostAtOnce = 100;
/** Characters that are kept of a message. */
const most = 160;
const [everyMs, againMs] = [1_000, 5_000];

type Store = ShallowRef<ReadonlyMap<Id, Known>>;
/** Outlives the list, so that it is whole at once when one comes back to it. */
const stores = new WeakMap<Client, Store>();
const nothing: Store = shallowRef(new Map());

function storeOf(owner: Client | null): Store {
  if (owner === null) return nothing;
  const kept = stores.get(owner) ?? shallowRef(new Map());
  stores.set(owner, kept);
  return kept;
}

/** What is known of the last words in these channels, kept up as long as the component is there and on the screen. */
export function useLastWords(all: () => readonly MyChannel[]): {
  known: ComputedRef<ReadonlyMap<Id, Known>>;
  /** It was asked for in vain; another try follows. */
  failed: Readonly<ShallowRef<boolean>>;
} {
  const known = computed(() => storeOf(client.value).value);
  const failed = shallowRef(false);
  const visibility = useDocumentVisibility();
  let isHere = true;
  let isFollowing = false;

  function moved(): MyChannel[] {
    if (!isHere || !isOnline.value || visibility.value !== 'visible') return [];
    return all().filter((mine) => hasMoved(mine, known.value.get(mine.channel.id)));
  }

  async function follow(): Promise<void> {
    if (isFollowing) return;
    isFollowing = true;
    for (let now = moved(); now.length > 0; now = moved()) {
      failed.value = !(await learn(now));
      if (client.value !== null) keepWords(all(), known.value);
      await new Promise((resolve) => setTimeout(resolve, failed.value ? againMs : everyMs));
    }
    isFollowing = false;
  }

  function recall(): void {
    const store = storeOf(client.value);
    if (connection.value === 'away' && store.value.size === 0) store.value = keptWords();
  }

  watch(connection, recall, { immediate: true });
  watch([() => live.value.channels, isOnline, visibility], () => void follow(), { immediate: true });
  onScopeDispose(() => {
    isHere = false;
  });
  return { known, failed };
}

/** True unless some of it was refused. */
async function learn(channels: readonly MyChannel[]): Promise<boolean> {
  const store = storeOf(client.value);
  const parts = Array.from({ length: Math.ceil(channels.length / mostAtOnce) }, (_, i) =>
    channels.slice(i * mostAtOnce, (i + 1) * mostAtOnce),
  );
  const answers = await Promise.allSettled(
    parts.map(async (part) => {
      const { nodes } = await ask(LastWords, { ids: part.map(({ channel }) => globalId('Channel', channel.id)) });
      return part.map((mine, i) => [mine.channel.id, knownFrom(mine, nodes[i] ?? null)] as const);
    }),
  );
  const learnt = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (learnt.length > 0) store.value = new Map([...store.value, ...learnt]);
  return answers.every(({ status }) => status === 'fulfilled');
}

function knownFrom(mine: MyChannel, node: Node): Known {
  const asked = mine.version;
  // One that may not be read any more will be taken off the list by the socket.
  if (node === null || !('lastNumber' in node)) return { asked, version: asked, number: mine.number, last: null };
  const { version, lastNumber, lastMessage: last } = node;
  return {
    asked,
    version,
    number: Math.max(mine.number, lastNumber),
    last: last && {
      at: last.createdAt,
      author: last.author,
      // What is nothing but markup is shown as it was written.
      words: last.body === null ? null : excerpt(last.body, most) || last.body.slice(0, most),
    },
  };
}
