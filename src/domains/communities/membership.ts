import type { CommunityRole, Id } from '../../../contracts/nouns.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import type { Facts } from '../policy/index.ts';
import type { Deps } from './deps.ts';

interface Place {
  community: Id;
  person: Id;
}

/** Makes a member, or does nothing for somebody who is one already. An invitation, used or not, is gone after. */
export async function addMember(
  tx: Transaction,
  conversations: Deps['conversations'],
  { community, person }: Place,
  role: CommunityRole,
): Promise<void> {
  await tx`delete from community_invitations where community = ${community} and person = ${person}`;
  const added = await tx`
    insert into community_members (community, person, role) values (${community}, ${person}, ${role})
    on conflict do nothing returning 1`;
  if (added.length === 0) return;
  await conversations.enterCommunities(tx, { communities: [community], person });
  await emitRole(tx, { community, person }, role);
}

/** Ends a membership here and in all of the community's channels. Answers whether there was one. */
export async function removeMember(tx: Transaction, conversations: Deps['conversations'], { community, person }: Place): Promise<boolean> {
  const removed = await tx`delete from community_members where community = ${community} and person = ${person} returning 1`;
  if (removed.length === 0) return false;
  await conversations.leaveCommunity(tx, { community, person });
  await emit(tx, [
    { topic: { kind: 'person', person }, event: { type: 'community_left', community } },
    { topic: { kind: 'access' }, event: { type: 'access', community, person } },
  ]);
  return true;
}

/** Says that somebody is now a member in this role, to that person and to every process. */
export async function emitRole(tx: Transaction, { community, person }: Place, role: CommunityRole): Promise<void> {
  await emit(tx, [
    { topic: { kind: 'person', person }, event: { type: 'community_joined', community, role } },
    { topic: { kind: 'access' }, event: { type: 'access', community, person } },
  ]);
}

/** The role of somebody else, for the policy's `targetRole`. */
export async function roleOf(tx: Transaction, { community, person }: Place): Promise<NonNullable<Facts['targetRole']>> {
  const [row] = await tx<
    { role: CommunityRole }[]
  >`select role from community_members where community = ${community} and person = ${person}`;
  return row?.role ?? 'none';
}

/** True while somebody else than this person owns the community. Only true for longer than a moment under the lock. */
export async function otherOwner(tx: Transaction, { community, person }: Place): Promise<boolean> {
  const [row] = await tx`select 1 from community_members where community = ${community} and role = 'owner' and person <> ${person} limit 1`;
  return row !== undefined;
}
