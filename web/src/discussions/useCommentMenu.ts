import { CircleCheck, CircleSlash } from '@lucide/vue';
import { computed } from 'vue';
import type { Mark } from '../../../client/channelLog.ts';
import type { OpenChannel } from '../../../client/openChannel.ts';
import { asRefusal } from '../../../contracts/errors.ts';
import type { Message } from '../../../contracts/nouns.ts';
import { messageItems } from '../conversation/messageItems.ts';
import { t } from '../texts/index.ts';
import { confirm } from '../ui/confirm.ts';
import { explain } from '../ui/explain.ts';
import type { MenuItem } from '../ui/menu.ts';
import { toast } from '../ui/toast.ts';
import { me } from '../wire/session.ts';
import { share } from './share.ts';
import { useThread } from './thread.ts';

const opening = 1;

/** What the caller may do with a post or comment, and the verbs themselves. What is refused is said, and nothing has changed. */
export function useCommentMenu(message: () => Message, mark: () => Mark | null) {
  const thread = useThread();
  const isMine = computed(() => message().author === me.value?.id);
  const isDeleted = computed(() => message().deletedAt !== null);
  const isLive = computed(() => thread.talk.channel.value !== null && !thread.talk.left.value);

  async function attempt(work: (channel: OpenChannel) => Promise<void>): Promise<boolean> {
    const { value: channel } = thread.talk.channel;
    if (channel === null) return false;
    try {
      await work(channel);
      return true;
    } catch (error) {
      toast({ text: explain(asRefusal(error)), kind: 'problem' });
      return false;
    }
  }

  const restore = () => attempt((channel) => channel.restore(message().number));
  const link = () => share(thread.pathOf(message().number), thread.title.value);

  /** One's own can be brought back, so it is not asked about; another's wants a reason. */
  async function remove(): Promise<void> {
    let reason: string | undefined;
    if (!isMine.value) {
      const { name = t('discussions.somebody') } = thread.talk.personOf(message().author) ?? {};
      const sure = await confirm({
        title: t('discussions.deleteTitle', { name }),
        text: t('discussions.deleteText'),
        action: t('discussions.delete'),
        danger: true,
        reason: t('discussions.deleteReason'),
      });
      if (sure === null) return;
      reason = sure.reason || undefined;
    }
    if (!(await attempt((channel) => channel.delete(message().number, reason)))) return;
    toast({ text: t('discussions.deleted'), action: { label: t('discussions.undo'), run: () => void restore() } });
  }

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(message().body ?? '');
      toast({ text: t('discussions.textCopied') });
    } catch {
      toast({ text: t('discussions.textNotCopied'), kind: 'problem' });
    }
  }

  function edit(): void {
    thread.editing.value = message().number;
  }

  function versions(): void {
    thread.versionsOf.value = message().number;
  }

  function acceptance(): MenuItem[] {
    const { number } = message();
    if (!thread.may.value.accept || number === opening) return [];
    return thread.accepted.value === number
      ? [{ label: t('discussions.unaccept'), icon: CircleSlash, select: () => void thread.accept(null) }]
      : [{ label: t('discussions.accept'), icon: CircleCheck, select: () => void thread.accept(number) }];
  }

  const items = computed((): MenuItem[] => {
    const { number, editedAt } = message();
    const { post, deleteOthers } = thread.may.value;
    if (isDeleted.value) return [];
    const deeds = {
      ...(isLive.value && isMine.value && post && { edit }),
      ...(isLive.value && { bookmark: (on: boolean) => void attempt((channel) => channel.bookmark(number, on)) }),
      link: () => void link(),
      copy: () => void copy(),
      ...(editedAt !== null && { versions }),
      ...(isLive.value && (isMine.value || deleteOthers) && { remove: () => void remove() }),
    };
    // Their keys are those of a chat's list.
    const usual = messageItems(deeds, { bookmarked: mark()?.bookmarked ?? false, pinned: false }).map(({ keys: _, ...item }) => item);
    return [...acceptance(), ...usual];
  });

  return {
    items,
    isDeleted,
    mayRestore: computed(() => isDeleted.value && isLive.value && (thread.may.value.deleteOthers || isMine.value)),
    restore,
    attempt,
  };
}
