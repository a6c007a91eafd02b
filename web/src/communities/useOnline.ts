import { onScopeDispose, watch } from 'vue';
import { client } from '../wire/session.ts';

/** Has `live.online` tell of these people too, while they are on the screen. */
export function useOnline(people: () => readonly string[]): void {
  let stop = () => {};
  watch(
    [client, () => people().join()],
    () => {
      stop();
      const { value: plaza } = client;
      stop = plaza === null ? () => {} : plaza.watch(people());
    },
    { immediate: true },
  );
  onScopeDispose(() => stop());
}
