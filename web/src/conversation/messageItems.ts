import {
  Bookmark,
  BookmarkX,
  Copy,
  History,
  Link,
  MessagesSquare,
  Pencil,
  Pin,
  PinOff,
  Reply,
  RotateCcw,
  SmilePlus,
  Trash2,
} from '@lucide/vue';
import { t } from '../texts/index.ts';
import type { MenuItem } from '../ui/menu.ts';

/** What may be done with a message; what is missing is not offered. */
export interface MessageDeeds {
  reply?(): void;
  pick?(): void;
  edit?(): void;
  bookmark?(on: boolean): void;
  pin?(on: boolean): void;
  link?(): void;
  copy?(): void;
  reactors?(): void;
  versions?(): void;
  discuss?(): void;
  remove?(): void;
  restore?(): void;
}

/** The menu of a message. */
export function messageItems(deeds: MessageDeeds, is: { bookmarked: boolean; pinned: boolean }): MenuItem[] {
  const items: (MenuItem | false | undefined)[] = [
    deeds.reply && { label: t('conversation.reply'), icon: Reply, keys: 'R', select: deeds.reply },
    deeds.pick && { label: t('conversation.addReaction'), icon: SmilePlus, keys: '+', select: deeds.pick },
    deeds.edit && { label: t('conversation.edit'), icon: Pencil, keys: 'E', select: deeds.edit },
    deeds.bookmark && {
      label: is.bookmarked ? t('conversation.unbookmark') : t('conversation.bookmark'),
      icon: is.bookmarked ? BookmarkX : Bookmark,
      keys: 'B',
      select: () => deeds.bookmark?.(!is.bookmarked),
    },
    deeds.pin && {
      label: is.pinned ? t('conversation.unpin') : t('conversation.pin'),
      icon: is.pinned ? PinOff : Pin,
      keys: 'P',
      select: () => deeds.pin?.(!is.pinned),
    },
    deeds.link && { label: t('conversation.copyLink'), icon: Link, keys: 'C', separator: true, select: deeds.link },
    deeds.copy && { label: t('conversation.copyText'), icon: Copy, select: deeds.copy },
    deeds.reactors && { label: t('conversation.reactors'), icon: SmilePlus, select: deeds.reactors },
    deeds.versions && { label: t('conversation.versions'), icon: History, select: deeds.versions },
    deeds.discuss && { label: t('conversation.makeDiscussion'), icon: MessagesSquare, separator: true, select: deeds.discuss },
    deeds.remove && { label: t('conversation.delete'), icon: Trash2, danger: true, keys: 'Del', separator: true, select: deeds.remove },
    deeds.restore && { label: t('conversation.restore'), icon: RotateCcw, select: deeds.restore },
  ];
  return items.filter((item): item is MenuItem => typeof item === 'object');
}
