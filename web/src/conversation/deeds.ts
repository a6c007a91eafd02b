import type { Message } from '../../../contracts/nouns.ts';
import { t } from '../texts/index.ts';
import { confirm } from '../ui/confirm.ts';
import { toast } from '../ui/toast.ts';
import { me } from '../wire/session.ts';
import type { Conversation } from './conversation.ts';
import { useEmoji } from './emoji/usual.ts';
import type { MessageDeeds } from './messageItems.ts';
import { puts } from './puts.ts';

/** What lies open beside a message and is not of the message itself. */
export interface Opens {
  pick(): void;
  versions(): void;
  reactors(): void;
}

/** What I may do with a message of a chat: asked anew each time, since it follows what I am and what the message is. */
export function deedsOf(conversation: Conversation, message: Message, opens: Opens): MessageDeeds {
  const { attempt, may, replying, editing, picked } = conversation;
  const { post, react: mayReact, pin, deleteOthers } = may.value;
  const { number, deletedAt, reactions, editedAt, body, channel } = message;
  const isMine = message.author === me.value?.id;
  const mayDelete = deleteOthers || (isMine && post);
  if (deletedAt !== null) return mayDelete ? { restore: () => void attempt((opened) => opened.restore(number)) } : {};
  return {
    ...(post && { reply: puts(replying, number) }),
    ...(mayReact && { pick: opens.pick }),
    ...(isMine && post && { edit: puts(editing, number) }),
    bookmark: (on) => void attempt((opened) => opened.bookmark(number, on)),
    ...(pin && { pin: (on: boolean) => void attempt((opened) => opened.pin(number, on)) }),
    link: () => void copy(`${location.origin}/go/${channel}/${number}`, t('conversation.linkCopied')),
    copy: () => void copy(body ?? '', t('conversation.textCopied')),
    ...(reactions.length > 0 && { reactors: opens.reactors }),
    ...(editedAt !== null && { versions: opens.versions }),
    discuss: puts(picked, new Set([number])),
    ...(mayDelete && { remove: () => void remove(conversation, message, isMine) }),
  };
}

/** Gives my reaction, or takes it away. */
export function react({ attempt }: Conversation, { number }: Message, emoji: string, on: boolean): void {
  if (on) useEmoji(emoji);
  void attempt((channel) => channel.react(number, emoji, on));
}

/** One's own can be brought back, so nothing is asked; for another's a reason is kept. */
async function remove({ attempt, personOf }: Conversation, { number, author }: Message, isMine: boolean): Promise<void> {
  let reason: string | undefined;
  if (!isMine) {
    const sure = await confirm({
      title: t('conversation.deleteTitle', { name: personOf(author)?.name ?? t('conversation.somebody') }),
      text: t('conversation.deleteText'),
      action: t('conversation.delete'),
      danger: true,
      reason: t('conversation.deleteReason'),
    });
    if (sure === null) return;
    reason = sure.reason || undefined;
  }
  if (!(await attempt((channel) => channel.delete(number, reason)))) return;
  const undo = () => void attempt((channel) => channel.restore(number));
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
