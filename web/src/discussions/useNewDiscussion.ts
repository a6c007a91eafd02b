import { ref, watch } from 'vue';
import { client, live } from '../wire/session.ts';

/** What is kept of a new discussion on this device besides the draft: the server keeps title and text. */
interface Kept {
  tags: string[];
  /** Under which it is sent, so that sending it again after a cut makes no second one. */
  key: string;
}

const nameOf = (community: string) => `plaza.new.${community}`;

function keptFor(community: string): Kept {
  const text = localStorage.getItem(nameOf(community));
  return text === null ? { tags: [], key: crypto.randomUUID() } : (JSON.parse(text) as Kept);
}

/** A discussion that is being written: it survives a reload, and its title and text are there on all devices. */
export function useNewDiscussion(community: string) {
  const kept = keptFor(community);
  const draft = client.value?.draft(community);
  const title = ref(draft?.title ?? '');
  const body = ref(draft?.body ?? '');
  const tags = ref(kept.tags);

  watch(tags, (now) => localStorage.setItem(nameOf(community), JSON.stringify({ ...kept, tags: now } satisfies Kept)));
  watch(title, (now) => client.value?.saveDraft(community, { title: now, body: body.value, replyTo: null }));
  // Written on another device, or here before the connection was there.
  watch(
    () => live.value.drafts.get(community)?.title,
    (now) => {
      if (now !== undefined && now !== title.value && client.value?.draft(community)?.title === now) title.value = now;
    },
  );

  return {
    title,
    body,
    tags,
    /** The key to send it under, kept before it is sent. */
    keep(): string {
      localStorage.setItem(nameOf(community), JSON.stringify({ ...kept, tags: tags.value } satisfies Kept));
      return kept.key;
    },
    /** It is sent, or thrown away. */
    done(): void {
      localStorage.removeItem(nameOf(community));
      client.value?.saveDraft(community, { title: '', body: '', replyTo: null });
      client.value?.sendDrafts();
    },
  };
}
