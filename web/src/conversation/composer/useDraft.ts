import { onBeforeUnmount, type Ref, watch } from 'vue';
import { client, live } from '../../wire/session.ts';

export interface DraftOf {
  /** The channel or community that it is for; undefined keeps none. */
  place: string | undefined;
  title: string | undefined;
  replyTo: number | null | undefined;
}

/** What is typed is kept on the server, and comes from there when it was written on another device. */
export function useDraft(body: Ref<string>, of: () => DraftOf): { save(): void } {
  const kept = () => {
    const { place } = of();
    return place === undefined ? undefined : (client.value?.draft(place)?.body ?? '');
  };

  function save(): void {
    const { place, title, replyTo } = of();
    if (place !== undefined)
      client.value?.saveDraft(place, { body: body.value, replyTo: replyTo ?? null, ...(title !== undefined && { title }) });
  }

  watch(
    [() => of().place, () => live.value.drafts.get(of().place ?? '')],
    () => {
      const now = kept();
      if (now !== undefined && now !== body.value && !(now === '' && body.value.trim() === '')) body.value = now;
    },
    { immediate: true },
  );
  watch(
    () => of().replyTo,
    (now, before) => {
      if (now !== before && body.value !== '') save();
    },
  );
  onBeforeUnmount(() => client.value?.sendDrafts());
  return { save };
}
