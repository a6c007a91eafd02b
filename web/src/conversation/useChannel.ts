import { computed, onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue';
import type { ChannelView, OpenChannel } from '../../../client/openChannel.ts';
import type { At } from '../../../client/pager.ts';
import { asRefusal, type PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { client } from '../wire/session.ts';

export interface UsedChannel {
  /** Null until it is open. */
  channel: Readonly<ShallowRef<OpenChannel | null>>;
  view: Readonly<ShallowRef<ChannelView>>;
  /** Why it could not be opened. */
  error: Readonly<ShallowRef<PlazaError | null>>;
  again(): void;
}

const nothing: ChannelView = { log: null, pending: [], typing: [], left: false };

/** Keeps a channel open while it is on the screen. @param at where its window stands at first; asked at each opening */
export function useChannel(id: () => Id, at: () => At): UsedChannel {
  const channel = shallowRef<OpenChannel | null>(null);
  const view = shallowRef<ChannelView>(nothing);
  const error = shallowRef<PlazaError | null>(null);
  let turn = 0;
  let close = () => {};

  async function open(): Promise<void> {
    const mine = ++turn;
    close();
    channel.value = null;
    view.value = nothing;
    error.value = null;
    if (client.value === null) return;
    try {
      const opened = await client.value.open(id(), { at: at() });
      if (mine !== turn) return opened.close();
      const stop = opened.state.subscribe((next) => {
        view.value = next;
      });
      close = () => {
        close = () => {};
        stop();
        opened.close();
      };
      view.value = opened.state.value;
      channel.value = opened;
    } catch (problem) {
      if (mine === turn) error.value = asRefusal(problem);
    }
  }

  watch([id, client], open, { immediate: true });
  onScopeDispose(() => {
    turn++;
    close();
  });
  return {
    channel: computed(() => channel.value),
    view: computed(() => view.value),
    error: computed(() => error.value),
    again: () => void open(),
  };
}
