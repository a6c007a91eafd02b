import { computed, watch } from 'vue';
import { isOnline, live } from '../wire/session.ts';

/** What an answer tells of me in a community. */
interface Answered {
  id: string;
  myRole: string | null;
}

/**
 * Asks again where an answer names another role of mine than the connection does: joined, left, removed, or given another
 * one, here, on another device, or by others. Also before the connection came, which tells nothing of what was before it.
 */
export function useMyRole(answered: () => Answered | null | undefined, again: () => void): void {
  const differing = computed(() => {
    const said = answered();
    if (!said || !isOnline.value) return null;
    const role = live.value.communities.find(({ community }) => community.id === said.id)?.role;
    return said.myRole?.toLowerCase() === role ? null : `${said.myRole} ${role}`;
  });
  // Once for each difference: an answer that says the same is not asked for without end.
  watch(differing, (now) => {
    if (now !== null) again();
  });
}
