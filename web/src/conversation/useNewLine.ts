import { type Ref, ref, watch } from 'vue';
import type { ChannelLog } from '../../../client/channelLog.ts';
import type { Id } from '../../../contracts/nouns.ts';

/**
 * Below which number the "New" line stands; null when there is none. It is drawn where one had read to when the channel
 * was opened, or when something came that could not be seen, and stays while one reads; sending something takes it away.
 */
export function useNewLine(
  channel: () => Id,
  log: () => ChannelLog | null,
  isSeen: () => boolean,
): { newAfter: Ref<number | null>; clear(): void } {
  const newAfter = ref<number | null>(null);
  let known: { channel: Id; number: number } | null = null;

  watch(
    log,
    (now) => {
      if (now === null) return;
      const id = channel();
      if (known?.channel !== id) {
        newAfter.value = now.read < now.number ? now.read : null;
      } else if (now.number > known.number && !isSeen() && now.read >= known.number) {
        newAfter.value = now.read;
      }
      known = { channel: id, number: now.number };
    },
    { immediate: true, flush: 'sync' },
  );
  return {
    newAfter,
    clear() {
      newAfter.value = null;
    },
  };
}
