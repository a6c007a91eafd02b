import { computed } from 'vue';
import type { Mark } from '../../../client/channelLog.ts';
import type { Message } from '../../../contracts/nouns.ts';
import { t } from '../texts/index.ts';
import { confirm } from '../ui/confirm.ts';
import type { MenuItem } from '../ui/menu.ts';
import { toast } from '../ui/toast.ts';
import { me } from '../wire/session.ts';
import { useConversation } from './conversation.ts';
import { useEmoji } from './emoji/usual.ts';
import { type MessageDeeds, messageItems } from './messageItems.ts';

/** What lies open beside a message and is not of the message itself. */
export interface Opens {
  pick(): void;
  versions(): void;
  reactors(): void;
}

/** What I may do with a message of a chat, as deeds and as the items of its menu. */
export function useMessage(message: () => Message, mark: () => Mark | null, opens: Opens) {
  const conversation = useConversation();
  const { attempt, may, replying, editing, picked, personOf } = conversation;
  const isMine = computed(() => message().author === me.value?.id);

  const number = () => message().number;
  const react = (emoji: string, on = !(mark()?.emoji.includes(emoji) ?? false)) => {
    if (on) useEmoji(emoji);
    void attempt((channel) => channel.react(number(), emoji, on));
  };
  const restore = () => attempt((channel) => channel.restore(number()));

  /** One's own can be brought back, so nothing is asked; for another's a reason is kept. */
  async function remove(): Promise<void> {
    let reason: string | undefined;
    if (!isMine.value) {
      const name = personOf(message().author)?.name ?? t('conversation.somebody');
      const sure = await confirm({
        title: t('conversation.deleteTitle', { name }),
        text: t('conversation.deleteText'),
        action: t('conversation.delete'),
        danger: true,
        reason: t('conversation.deleteReason'),
      });
      if (sure === null) return;
      reason = sure.reason || undefined;
    }
    const deleted = number();
    if (!(await attempt((channel) => channel.delete(deleted, reason)))) return;
    const undo = () => void attempt((channel) => channel.restore(deleted));
    toast({ text: t('conversation.deletedToast'), action: { label: t('conversation.undo'), run: undo } });
  }

  async function copy(words: string, done: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(words);
      toast({ text: done });
    } catch {
      toast({ text: t('conversation.notCopied'), kind: 'problem' });
    }
  }

  const deeds = computed((): MessageDeeds => {
    const { post, react: mayReact, pin, deleteOthers } = may.value;
    const { deletedAt, reactions, editedAt, body, channel } = message();
    const mayDelete = isMine.value ? post || deleteOthers : deleteOthers;
    if (deletedAt !== null) return mayDelete ? { restore: () => void restore() } : {};
    return {
      ...(post && {
        reply() {
          replying.value = number();
        },
      }),
      ...(mayReact && { pick: opens.pick }),
      ...(isMine.value &&
        post && {
          edit() {
            editing.value = number();
          },
        }),
      bookmark: (on) => void attempt((opened) => opened.bookmark(number(), on)),
      ...(pin && { pin: (on: boolean) => void attempt((opened) => opened.pin(number(), on)) }),
      link: () => void copy(`${location.origin}/go/${channel}/${number()}`, t('conversation.linkCopied')),
      copy: () => void copy(body ?? '', t('conversation.textCopied')),
      ...(reactions.length > 0 && { reactors: opens.reactors }),
      ...(editedAt !== null && { versions: opens.versions }),
      discuss() {
        picked.value = new Set([number()]);
      },
      ...(mayDelete && { remove: () => void remove() }),
    };
  });
  const items = computed((): MenuItem[] =>
    messageItems(deeds.value, { bookmarked: mark()?.bookmarked ?? false, pinned: message().pinnedAt !== null }),
  );
  return { isMine, deeds, items, react, restore };
}
