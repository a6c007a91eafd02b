import { computed, onScopeDispose, readonly, shallowRef, watch } from 'vue';
import type { OpenChannel } from '../../../client/openChannel.ts';
import { asRefusal, type PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { client, live } from '../wire/session.ts';
import { mostByItself, pageSize, type Said, type Talk } from './talk.ts';

const opening = 1;

/** @param at the comment to begin at, if there is one; all of a discussion is loaded as long as it is not too long */
export function useLiveTalk(id: () => Id, at: () => number | null): Talk {
  const channel = shallowRef<OpenChannel | null>(null);
  const view = shallowRef<OpenChannel['state']['value'] | null>(null);
  const error = shallowRef<PlazaError | null>(null);
  const loading = shallowRef(true);
  let turn = 0;
  let close = () => {};

  async function open(): Promise<void> {
    const mine = ++turn;
    close();
    channel.value = null;
    view.value = null;
    error.value = null;
    loading.value = true;
    const { value: plaza } = client;
    if (plaza === null) return;
    try {
      const target = at();
      const opened = await plaza.open(id(), { at: target !== null && target > mostByItself ? target : opening });
      if (mine !== turn) return opened.close();
      const stop = opened.state.subscribe((next) => {
        view.value = next;
      });
      close = () => {
        stop();
        opened.close();
        close = () => {};
      };
      view.value = opened.state.value;
      channel.value = opened;
      await fill(opened, () => mine === turn);
    } catch (problem) {
      if (mine === turn) error.value = asRefusal(problem);
    } finally {
      if (mine === turn) loading.value = false;
    }
  }

  /** Where it was opened in the middle, half of the room is for what was said before. */
  async function fill(opened: OpenChannel, isCurrent: () => boolean): Promise<void> {
    const loaded = () => opened.state.value.log?.messages.length ?? 0;
    for (let way: 'older' | 'newer' = 'older'; loaded() < mostByItself && isCurrent(); way = 'newer') {
      if (way === 'older') {
        while (loaded() < mostByItself / 2 && isCurrent() && (await opened.older(pageSize)));
      } else if (!(await opened.newer(pageSize))) break;
    }
  }

  async function load(way: 'before' | 'after'): Promise<void> {
    const { value: opened } = channel;
    const log = view.value?.log;
    if (opened === null || log == null || loading.value) return;
    loading.value = true;
    error.value = null;
    try {
      // Beyond its room the window loses what is furthest from what one looks at.
      const edge = way === 'before' ? log.first : log.first + log.messages.length - 1;
      opened.sees(edge, edge);
      await (way === 'before' ? opened.older(pageSize) : opened.newer(pageSize));
    } catch (problem) {
      error.value = asRefusal(problem);
    } finally {
      loading.value = false;
    }
  }

  watch([id, client], open, { immediate: true });
  onScopeDispose(() => {
    turn++;
    close();
  });

  const said = computed<Said | null>(() => {
    const { value: now } = view;
    if (now?.log == null) return null;
    const { log, pending, typing } = now;
    const { messages, marks, details, read, number, first, atEnd } = log;
    return { messages, marks, pending, typing, details, read, number, more: { before: first > opening, after: !atEnd } };
  });

  return {
    said,
    loading: readonly(loading),
    error: readonly(error) as Talk['error'],
    left: computed(() => view.value?.left ?? false),
    channel: computed(() => channel.value),
    personOf: (person) => live.value.people.get(person),
    load,
    async goTo(number) {
      try {
        return (await channel.value?.goTo(number)) ?? false;
      } catch {
        // Without a connection: as if it were not there, and the reader may try again.
        return false;
      }
    },
    again: () => void open(),
  };
}
