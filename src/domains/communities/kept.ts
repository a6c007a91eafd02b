import type { Id, Person } from '../../../contracts/nouns.ts';
import type { ModerationEntry } from '../moderation/index.ts';
import type { Who } from '../policy/index.ts';

/** What is kept of something done to a member of a community. */
export function kept(
  who: Who,
  by: Person,
  kind: ModerationEntry['kind'],
  about: { community: Id; person: Id; reason: string } & Pick<ModerationEntry, 'role'>,
): ModerationEntry {
  return { application: who.application, channel: null, number: null, by: by.id, kind, ...about };
}
