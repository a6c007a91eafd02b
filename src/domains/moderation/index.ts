import type { CommunityRole, Id } from '../../../contracts/nouns.ts';
import type { Pool } from '../../engines/postgres/index.ts';
import type { Page, PageRequest } from '../../kit/page.ts';
import type { Policy, Who } from '../policy/index.ts';
import { actions } from './actions.ts';

export { cleanReason, record } from './record.ts';

export const moderationKinds = [
  'message_deleted',
  'message_restored',
  'member_removed',
  'member_banned',
  'member_unbanned',
  'role_changed',
  'channel_member_removed',
  'channel_archived',
  'channel_unarchived',
] as const;
/** What was done to somebody or something by those who keep order. */
export type ModerationKind = (typeof moderationKinds)[number];

/** What `record` keeps. Null is what it is not about; of another's deleted message `person` is the author. */
export interface ModerationEntry {
  application: Id;
  community: Id | null;
  channel: Id | null;
  number: number | null;
  person: Id | null;
  by: Id;
  kind: ModerationKind;
  /** The new one, of `role_changed`. */
  role?: CommunityRole | null;
  /** As `cleanReason` leaves it; empty where none was given. */
  reason: string;
}

export interface ModerationAction {
  id: Id;
  kind: ModerationKind;
  by: Id;
  person: Id | null;
  channel: Id | null;
  number: number | null;
  role: CommunityRole | null;
  reason: string;
  createdAt: string;
}

export interface ModerationDeps {
  sql: Pool;
  policy: Policy;
}

/**
 * What was done by those who keep order, and why. Other domains write it with `record`, in the transaction of the
 * change itself: neither is there without the other.
 */
export interface Moderation {
  /** Newest first. @throws forbidden to who does not keep order in the community or the place */
  actions(who: Who, community: Id, page: PageRequest): Promise<Page<ModerationAction>>;
}

export function createModeration(deps: ModerationDeps): Moderation {
  return { actions: actions(deps) };
}
