import type { Community, CommunityRole, Id, Profile, Visibility } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import type { Page, PageRequest } from '../../kit/page.ts';
import type { Who } from '../policy/index.ts';
import { accept } from './accept.ts';
import { ban } from './ban.ts';
import { bans } from './bans.ts';
import { byIds } from './byIds.ts';
import { change } from './change.ts';
import { create } from './create.ts';
import { decline } from './decline.ts';
import type { Deps } from './deps.ts';
import { get } from './get.ts';
import { invitations } from './invitations.ts';
import { invite } from './invite.ts';
import { join } from './join.ts';
import { joinOfficial } from './joinOfficial.ts';
import { kick } from './kick.ts';
import { leave } from './leave.ts';
import { list } from './list.ts';
import { may } from './may.ts';
import { memberCounts } from './memberCounts.ts';
import { members } from './members.ts';
import { mine } from './mine.ts';
import { myRoles } from './myRoles.ts';
import { setRole } from './setRole.ts';
import { tags } from './tags.ts';
import { unban } from './unban.ts';

export { bringInCommunity } from './history.ts';

export interface CommunityMember {
  person: Profile;
  role: CommunityRole;
  joinedAt: string;
}

export interface Ban {
  person: Profile;
  by: Id;
  reason: string;
  /** When it ends by itself; null when it does not. */
  until: string | null;
  createdAt: string;
}

export interface Invitation {
  community: Community;
  invitedBy: Id;
  createdAt: string;
}

/** What the caller may do in a community, as the policy says. */
export interface CommunityMay {
  /** Its name, description, tags, visibility. */
  change: boolean;
  /** Give roles. */
  govern: boolean;
  invite: boolean;
  /** Remove and ban members, and delete what others wrote. */
  moderate: boolean;
  startDiscussion: boolean;
  createChannel: boolean;
  /** Not being a member yet. */
  join: boolean;
  /** See what was done by those who keep order. */
  audit: boolean;
}

/** Places with members, roles and settings. */
export interface Communities {
  create(
    who: Who,
    input: {
      name: string;
      slug?: string | undefined;
      description?: string | undefined;
      tags?: string[] | undefined;
      visibility?: Visibility | undefined;
      official?: boolean | undefined;
    },
  ): Promise<Community>;
  change(
    who: Who,
    input: {
      community: Id;
      name?: string | undefined;
      description?: string | undefined;
      tags?: string[] | undefined;
      visibility?: Visibility | undefined;
      official?: boolean | undefined;
    },
  ): Promise<Community>;
  /** By id or slug. @throws not_found */
  get(who: Who, input: { id?: Id | undefined; slug?: string | undefined }): Promise<Community>;
  /** Those the caller may see, in the order of `ids`; null for the rest. One query. */
  byIds(who: Who, ids: readonly Id[]): Promise<(Community | null)[]>;
  list(
    who: Who,
    input: { q?: string | undefined; tag?: string | undefined; mine?: boolean | undefined },
    page: PageRequest,
  ): Promise<Page<Community>>;
  /** With `q` those whose name or handle has this part. */
  members(who: Who, input: { community: Id; q?: string | undefined }, page: PageRequest): Promise<Page<CommunityMember>>;
  memberCounts(who: Who, communities: readonly Id[]): Promise<number[]>;
  /** Those the caller is a member of, newest first, 500 at most. One query for all who ask at the same time. */
  mine(who: Who): Promise<{ community: Community; role: CommunityRole }[]>;
  /** The caller's role in each; null where not a member. One query. */
  myRoles(who: Who, communities: readonly Id[]): Promise<(CommunityRole | null)[]>;
  /** What the caller may do in each; nothing in one that may not be seen. One query. */
  may(who: Who, communities: readonly Id[]): Promise<CommunityMay[]>;
  /** The tags most used by the newest communities that the caller may see, most used first. */
  tags(who: Who, first?: number | null): Promise<string[]>;
  join(who: Who, input: { community: Id }): Promise<Community>;
  leave(who: Who, input: { community: Id }): Promise<void>;
  invite(who: Who, input: { community: Id; person: Id }): Promise<void>;
  invitations(who: Who, page: PageRequest): Promise<Page<Invitation>>;
  accept(who: Who, input: { community: Id }): Promise<Community>;
  decline(who: Who, input: { community: Id }): Promise<void>;
  /**
   * Takes membership away, of the community and of all its channels; may join again. This and the next three are kept for
   * those who keep order, with the reason (at most 500 characters).
   */
  kick(who: Who, input: { community: Id; person: Id; reason?: string | undefined }): Promise<void>;
  /** Kick, and may not join again until unbanned. `until` ISO time, forever without it. */
  ban(who: Who, input: { community: Id; person: Id; reason?: string | undefined; until?: string | undefined }): Promise<void>;
  unban(who: Who, input: { community: Id; person: Id; reason?: string | undefined }): Promise<void>;
  /** Who is banned just now, the newest first; for those who keep order. */
  bans(who: Who, community: Id, page: PageRequest): Promise<Page<Ban>>;
  setRole(who: Who, input: { community: Id; person: Id; role: CommunityRole; reason?: string | undefined }): Promise<void>;
  /** Puts a new person into the application's official communities (C6), within the transaction that makes the person. */
  joinOfficial(tx: Transaction, input: { application: Id; person: Id }): Promise<void>;
}

export function createCommunities(deps: Deps): Communities {
  return {
    create: create(deps),
    change: change(deps),
    get: get(deps),
    byIds: byIds(deps),
    list: list(deps),
    members: members(deps),
    memberCounts: memberCounts(deps),
    mine: mine(deps),
    myRoles: myRoles(deps),
    may: may(deps),
    tags: tags(deps),
    join: join(deps),
    leave: leave(deps),
    invite: invite(deps),
    invitations: invitations(deps),
    accept: accept(deps),
    decline: decline(deps),
    kick: kick(deps),
    ban: ban(deps),
    bans: bans(deps),
    unban: unban(deps),
    setRole: setRole(deps),
    joinOfficial: joinOfficial(deps),
  };
}
