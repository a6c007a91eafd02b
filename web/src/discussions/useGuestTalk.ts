import { computed, onScopeDispose, readonly, shallowRef, watch } from 'vue';
import { asRefusal, type PlazaError } from '../../../contracts/errors.ts';
import type { Id, Message, Person } from '../../../contracts/nouns.ts';
import { ask } from '../wire/graphql.ts';
import { globalId } from '../wire/ids.ts';
import { Comments, type MessageData } from './messageDocuments.ts';
import { messageOf, peopleOf } from './messageOf.ts';
import { mostByItself, type Said, type Talk } from './talk.ts';

const page = 100;
const opening = 1;

/** A public discussion as it was when it was asked for. */
export function useGuestTalk(id: () => Id, at: () => number | null): Talk {
  const messages = shallowRef<readonly Message[]>([]);
  const people = shallowRef<ReadonlyMap<Id, Person>>(new Map());
  const more = shallowRef({ before: false, after: false });
  /** The number of the last message there is. */
  const last = shallowRef(0);
  const isOpen = shallowRef(false);
  const error = shallowRef<PlazaError | null>(null);
  const loading = shallowRef(true);
  let turn = 0;

  async function fetchPage(place: { after?: string; first?: number; last?: number; before?: string; around?: number }) {
    const { channel } = await ask(Comments, { channel: globalId('Channel', id()), ...place });
    last.value = channel?.lastNumber ?? 0;
    return { nodes: channel?.messages.nodes ?? [], ...(channel?.messages.pageInfo ?? { hasNextPage: false, hasPreviousPage: false }) };
  }

  function take(nodes: readonly MessageData[]): Message[] {
    people.value = new Map([...people.value, ...peopleOf(nodes)]);
    return nodes.map((node) => messageOf(id(), node));
  }

  /** Does the work unless something newer has begun meanwhile. */
  async function attempt(work: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    const mine = ++turn;
    loading.value = true;
    error.value = null;
    try {
      await work(() => mine === turn);
    } catch (problem) {
      if (mine === turn) error.value = asRefusal(problem);
    } finally {
      if (mine === turn) loading.value = false;
    }
  }

  async function extend(way: 'before' | 'after', isCurrent: () => boolean): Promise<void> {
    const edge = way === 'before' ? messages.value[0]?.number : messages.value.at(-1)?.number;
    const found = await fetchPage(way === 'before' ? { before: String(edge ?? 1), last: page } : { after: String(edge ?? 0), first: page });
    if (!isCurrent()) return;
    const fresh = take(found.nodes);
    messages.value = way === 'before' ? [...fresh, ...messages.value] : [...messages.value, ...fresh];
    more.value = way === 'before' ? { ...more.value, before: found.hasPreviousPage } : { ...more.value, after: found.hasNextPage };
  }

  async function begin(number: number | null): Promise<void> {
    messages.value = [];
    isOpen.value = false;
    await attempt(async (isCurrent) => {
      const found = await fetchPage(number === null || number <= page ? { first: page } : { around: number, first: page });
      if (!isCurrent()) return;
      messages.value = take(found.nodes);
      more.value = { before: (messages.value[0]?.number ?? opening) > opening, after: found.hasNextPage };
      isOpen.value = true;
      while (isCurrent() && messages.value.length < mostByItself && more.value.after) await extend('after', isCurrent);
    });
  }

  watch(id, () => void begin(at()), { immediate: true });
  onScopeDispose(() => turn++);

  const said = computed<Said | null>(() => {
    if (!isOpen.value) return null;
    const number = last.value;
    const nothing = { marks: new Map(), pending: [], typing: [], details: null };
    return { ...nothing, messages: messages.value, read: number, number, more: more.value };
  });

  return {
    said,
    loading: readonly(loading),
    error: readonly(error) as Talk['error'],
    left: shallowRef(false),
    channel: shallowRef(null),
    personOf: (person) => people.value.get(person),
    load: (way) => attempt((isCurrent) => extend(way, isCurrent)),
    async goTo(number) {
      const isThere = () => messages.value.some((message) => message.number === number);
      if (!isThere()) await begin(number);
      return isThere();
    },
    again: () => void begin(at()),
  };
}
