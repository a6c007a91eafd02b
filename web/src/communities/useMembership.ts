import { ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { asRefusal } from '../../../contracts/errors.ts';
import { t } from '../texts/index.ts';
import { confirm } from '../ui/confirm.ts';
import { explain } from '../ui/explain.ts';
import { toast } from '../ui/toast.ts';
import { change } from '../wire/graphql.ts';
import { globalId } from '../wire/ids.ts';
import { isSignedIn } from '../wire/session.ts';
import { Accept, Decline, Join, Leave } from './documents.ts';

interface Named {
  id: string;
  name: string;
  visibility: 'PUBLIC' | 'PRIVATE';
}

/** A public community that lets everybody else in, guests once they have signed in. */
export function isBanned(community: { visibility: 'PUBLIC' | 'PRIVATE'; myRole: string | null; may: { join: boolean } }): boolean {
  return isSignedIn() && community.visibility === 'PUBLIC' && community.myRole === null && !community.may.join;
}

/** Coming and going; each answers whether it happened, and has said so itself if not. */
export function useMembership() {
  const router = useRouter();
  const route = useRoute();
  const busy = ref(false);

  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    try {
      await work();
      return true;
    } catch (error) {
      toast({ text: explain(asRefusal(error)), kind: 'problem' });
      return false;
    } finally {
      busy.value = false;
    }
  }

  return {
    busy,
    /** Guests sign in first, and come back here. */
    async join(community: Named): Promise<boolean> {
      if (!isSignedIn()) {
        await router.push({ name: 'sign-in', query: { to: route.fullPath } });
        return false;
      }
      return attempt(() => change(Join, { community: globalId('Community', community.id) }));
    },
    async leave(community: Named): Promise<boolean> {
      const text = t(community.visibility === 'PRIVATE' ? 'communities.leavePrivateText' : 'communities.leaveText');
      const sure = await confirm({
        title: t('communities.leaveTitle', { name: community.name }),
        text,
        action: t('communities.leave'),
        danger: true,
      });
      return sure !== null && attempt(() => change(Leave, { community: globalId('Community', community.id) }));
    },
    accept: (community: Named) => attempt(() => change(Accept, { community: globalId('Community', community.id) })),
    decline: (community: Named) => attempt(() => change(Decline, { community: globalId('Community', community.id) })),
  };
}
