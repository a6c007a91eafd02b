import { Archive, ArchiveRestore, Ban, MessageSquareX, Shield, Undo2, UserCheck, UserMinus } from '@lucide/vue';
import type { Component } from 'vue';
import { type TextKey, t } from '../texts/index.ts';
import type { Action } from './documents.ts';

/** How each kind of action is told. A new kind is a line here and its sentence in `texts`. */
const kinds: Record<Action['kind'], { sentence: TextKey; icon: Component }> = {
  MESSAGE_DELETED: { sentence: 'moderation.messageDeleted', icon: MessageSquareX },
  MESSAGE_RESTORED: { sentence: 'moderation.messageRestored', icon: Undo2 },
  MEMBER_REMOVED: { sentence: 'moderation.memberRemoved', icon: UserMinus },
  MEMBER_BANNED: { sentence: 'moderation.memberBanned', icon: Ban },
  MEMBER_UNBANNED: { sentence: 'moderation.memberUnbanned', icon: UserCheck },
  ROLE_CHANGED: { sentence: 'moderation.roleChanged', icon: Shield },
  CHANNEL_MEMBER_REMOVED: { sentence: 'moderation.channelMemberRemoved', icon: UserMinus },
  CHANNEL_ARCHIVED: { sentence: 'moderation.channelArchived', icon: Archive },
  CHANNEL_UNARCHIVED: { sentence: 'moderation.channelUnarchived', icon: ArchiveRestore },
};

export function iconOf({ kind }: Pick<Action, 'kind'>): Component {
  return kinds[kind].icon;
}

/** What happened, in one sentence: who did what to whom. */
export function sentenceOf({ kind, by, person, channel, role }: Pick<Action, 'kind' | 'by' | 'person' | 'channel' | 'role'>): string {
  return t(kinds[kind].sentence, {
    by: by?.name ?? t('moderation.somebody'),
    person: person?.name ?? t('moderation.somebody'),
    channel: channel?.name ?? t('moderation.someChannel'),
    role: role ?? 'MEMBER',
  });
}
