import type { Action } from './documents.ts';

/** Ids of the bans that nothing has ended since, as far as the list tells. @param actions newest first */
export function bansInForce(actions: readonly Pick<Action, 'id' | 'kind' | 'person'>[]): Set<string> {
  const settled = new Set<string>();
  const bans = new Set<string>();
  for (const { id, kind, person } of actions) {
    if (person === null || (kind !== 'MEMBER_BANNED' && kind !== 'MEMBER_UNBANNED')) continue;
    if (kind === 'MEMBER_BANNED' && !settled.has(person.id)) bans.add(id);
    settled.add(person.id);
  }
  return bans;
}
