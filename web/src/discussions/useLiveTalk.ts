import { computed, shallowRef, watch } from 'vue';
import type { OpenChannel } from '../../../client/openChannel.ts';
import { asRefusal, type PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { useChannel } from '../conversation/useChannel.ts';
import { live } from '../wire/session.ts';
import { mostByItself, type Said, type Talk } from './talk.ts';

const opening = 1;
/** Of the socket. */
const page = 200;

function isClosed(error: PlazaError | null): boolean {
  return error?.code === 'not_found' || error?.code === 'forbidden';
}

/** @param at the comment to begin at, if there is one; all of a discussion is loaded as long as it is not too long */
export function useLiveTalk(id: () => Id, at: () => number | null): Talk {
  const used = useChannel(id, () => {
    const target = at();
    return target !== null && target > mostByItself ? target : opening;
  });
  const { channel, view } = used;
  const problem = shallowRef<PlazaError | null>(null);
  const busy = shallowRef(true);

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    busy.value = true;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      problem.value = asRefusal(error);
    } finally {
      busy.value = false;
    }
  }

  /** Where it was opened in the middle, half of the room is for what was said before. */
  async function fill(opened: OpenChannel): Promise<void> {
    const isRoom = (part: number) => channel.value === opened && (view.value.log?.messages.length ?? 0) < mostByItself * part;
    while (isRoom(0.5) && (await opened.older(page)));
    while (isRoom(1) && (await opened.newer(page)));
  }

  watch(channel, (opened) => opened && void attempt(() => fill(opened)), { immediate: true });

  const said = computed<Said | null>(() => {
    const { log, pending, typing } = view.value;
    if (log === null) return null;
    const { messages, marks, details, read, number, first, atEnd } = log;
    return { messages, marks, pending, typing, details, read, number, more: { before: first > opening, after: !atEnd } };
  });

  return {
    said,
    loading: computed(() => busy.value && used.error.value === null),
    error: computed(() => used.error.value ?? problem.value),
    // Also when the end came between what was asked first and the opening.
    left: computed(() => view.value.left || isClosed(used.error.value)),
    channel,
    personOf: (person) => live.value.people.get(person),
    async load(way) {
      const { log } = view.value;
      const { value: opened } = channel;
      if (opened === null || log === null || busy.value) return;
      // Beyond its room the window loses what is furthest from what one looks at.
      const edge = way === 'before' ? log.first : log.first + log.messages.length - 1;
      opened.sees(edge, edge);
      await attempt(() => (way === 'before' ? opened.older(page) : opened.newer(page)));
    },
    async goTo(number) {
      let found = false;
      await attempt(async () => {
        found = (await channel.value?.goTo(number)) ?? false;
      });
      return found;
    },
    again() {
      if (channel.value === null) used.again();
      else void attempt(() => (channel.value ? fill(channel.value) : Promise.resolve()));
    },
  };
}
