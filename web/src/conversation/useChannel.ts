import { computed, onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue';
import type { ChannelView, OpenChannel } from '../../../client/openChannel.ts';
import type { At } from '../../../client/pager.ts';
import { asRefusal, type PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { client, isOnline } from '../wire/session.ts';

export interface UsedChannel {
  /** Null until it is open, with its window in place. */
  channel: Readonly<ShallowRef<OpenChannel | null>>;
  /** The same from the beginning, also without a connection: what is sent waits in it. */
  early: Readonly<ShallowRef<OpenChannel | null>>;
  view: Readonly<ShallowRef<ChannelView>>;
  /** Why it could not be opened. */
  error: Readonly<ShallowRef<PlazaError | null>>;
  again(): void;
}

const nothing: ChannelView = { log: null, pending: [], typing: [], left: false };

/** Keeps a channel open while it is on the screen. @param at where its window stands at first; asked at each opening */
export function useChannel(id: () => Id, at: () => At): UsedChannel {
  const channel = shallowRef<OpenChannel | null>(null);
  const early = shallowRef<OpenChannel | null>(null);
  const view = shallowRef<ChannelView>(nothing);
  const error = shallowRef<PlazaError | null>(null);
  let turn = 0;
  let close = () => {};

  function follow(opening: OpenChannel): void {
    function show(next: ChannelView): void {
      // Until the window is in place only what I sent is shown, unless there is no connection to place it by.
      const isOpening = channel.value === null && view.value.log === null && isOnline.value;
      view.value = isOpening ? { ...nothing, pending: next.pending } : next;
    }
    const stop = opening.state.subscribe(show);
    close = () => {
      close = () => {};
      stop();
      opening.close();
    };
    early.value = opening;
    show(opening.state.value);
  }

  async function open(): Promise<void> {
    const mine = ++turn;
    close();
    channel.value = null;
    early.value = null;
    view.value = nothing;
    error.value = null;
    if (client.value === null) return;
    try {
      const opened = await client.value.open(id(), { at: at(), early: follow });
      if (mine !== turn) return;
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
    early: computed(() => early.value),
    view: computed(() => view.value),
    error: computed(() => error.value),
    again: () => void open(),
  };
}
