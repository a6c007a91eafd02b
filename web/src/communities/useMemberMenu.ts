import { Ban as BanIcon, Crown, Shield, UserMinus, UserRound } from '@lucide/vue';
import { computed } from 'vue';
import { asRefusal } from '../../../contracts/errors.ts';
import { type TextKey, t } from '../texts/index.ts';
import { confirm } from '../ui/confirm.ts';
import { explain } from '../ui/explain.ts';
import { toast } from '../ui/toast.ts';
import { change } from '../wire/graphql.ts';
import { globalId } from '../wire/ids.ts';
import { me } from '../wire/session.ts';
import type { CommunityPageData } from './documents.ts';
import { Ban, Kick, type Member, SetRole, Unban } from './memberDocuments.ts';

type Role = Member['role'];

const roleItems = [
  { role: 'OWNER', label: 'communities.makeOwner', done: 'communities.isOwnerNow', icon: Crown },
  { role: 'MODERATOR', label: 'communities.makeModerator', done: 'communities.isModeratorNow', icon: Shield },
  { role: 'MEMBER', label: 'communities.makeMember', done: 'communities.isMemberNow', icon: UserRound },
] as const satisfies { role: Role; label: TextKey; done: TextKey; icon: unknown }[];

/** What the caller may do with a member; empty when nothing. The server has the last word. */
export function useMemberMenu(member: () => Member, community: () => CommunityPageData, changed: () => void) {
  async function attempt(work: () => Promise<unknown>, done: string, undo?: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      changed();
      const action = undo && { label: t('communities.undo'), run: () => void attempt(undo, t('communities.undone')) };
      toast({ text: done, ...(action && { action }) });
    } catch (error) {
      toast({ text: explain(asRefusal(error)), kind: 'problem' });
    }
  }

  return computed(() => {
    const { person, role } = member();
    const { id, may, myRole, name: communityName } = community();
    if (person === null) return [];
    const about = { community: globalId('Community', id), person: globalId('Person', person.id) };
    const { name } = person;

    async function giveRole(next: Role, done: TextKey): Promise<void> {
      const sure =
        next !== 'OWNER' ||
        (await confirm({
          title: t('communities.makeOwnerTitle', { name }),
          text: t('communities.makeOwnerText', { name: communityName }),
          action: t('communities.makeOwner'),
        }));
      if (sure) await attempt(() => change(SetRole, { ...about, role: next }), t(done, { name }));
    }
    async function remove(): Promise<void> {
      const sure = await confirm({
        title: t('communities.removeTitle', { name }),
        text: t('communities.removeText'),
        action: t('communities.remove'),
        danger: true,
        reason: t('communities.reason'),
      });
      if (sure) await attempt(() => change(Kick, { ...about, reason: sure.reason || null }), t('communities.removed', { name }));
    }
    async function ban(): Promise<void> {
      const sure = await confirm({
        title: t('communities.banTitle', { name }),
        text: t('communities.banText'),
        action: t('communities.ban'),
        danger: true,
        reason: t('communities.reason'),
      });
      if (sure)
        await attempt(
          () => change(Ban, { ...about, reason: sure.reason || null }),
          t('communities.banned', { name }),
          () => change(Unban, about),
        );
    }

    const roles = may.govern
      ? roleItems
          .filter((item) => item.role !== role)
          .map((item) => ({ label: t(item.label), icon: item.icon, select: () => void giveRole(item.role, item.done) }))
      : [];
    // The policy's rules, so that nothing is offered only to be refused: owners stay, moderators remove members.
    const removable = may.moderate && person.id !== me.value?.id && role !== 'OWNER' && !(myRole === 'MODERATOR' && role === 'MODERATOR');
    const removals = removable
      ? [
          { label: t('communities.removeMember'), icon: UserMinus, danger: true, separator: roles.length > 0, select: () => void remove() },
          { label: t('communities.banMember'), icon: BanIcon, danger: true, select: () => void ban() },
        ]
      : [];
    return [...roles, ...removals];
  });
}
