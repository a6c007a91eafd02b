import { PlazaError } from '../../../contracts/errors.ts';
import type { CommunityRole, Id } from '../../../contracts/nouns.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { decodeCursor, pageSize, toPage } from '../../kit/page.ts';
import { cleanReason, record } from '../moderation/index.ts';
import { channelId, freshly } from './access.ts';
import { largestGroup, mustExist } from './createGroup.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';
import { type ChannelRow, toChannel } from './rows.ts';

/** Adds a person to a channel; with a role, gives it to who is in it already too. */
export function addMember({ sql, policy }: Deps): Conversations['addMember'] {
  return async (who, input) => {
    speaker(who);
    channelId(input.channel);
    await mustExist(sql, who, [input.person], 'person');
    await sql.begin(async (tx) => {
      const row = await locked(tx, input.channel);
      const standing = await freshly(policy, who, input.channel, tx);
      policy.ask('channel.add', standing);
      const before = await roleOf(tx, input);
      const role = input.role ?? (before === 'none' ? 'member' : before);
      if (role === before) return;
      // Another role is more than to be added, downwards too.
      if (role !== 'member' || before !== 'none') policy.ask('channel.set_role', { ...standing, targetRole: before });
      if (row.community !== null) await mustBelong(tx, row.community, input.person);
      if (row.kind === 'group' && before === 'none') await mustHaveRoom(tx, input.channel);
      await tx`
        insert into channel_members (channel, person, role) values (${input.channel}, ${input.person}, ${role})
        on conflict (channel, person) do update set role = excluded.role`;
      await emit(tx, [
        { topic: { kind: 'access' }, event: { type: 'access', channel: input.channel, person: input.person } },
        { topic: { kind: 'person', person: input.person }, event: { type: 'channel_joined', channel: toChannel(row) } },
      ]);
    });
    // A role may have been taken away by that.
    policy.forget({ type: 'access', channel: input.channel, person: input.person });
  };
}

/**
 * The channel's row, locked before the caller's standing is read: who is being removed at the same moment adds nobody,
 * nor themselves again.
 */
async function locked(tx: Transaction, channel: Id): Promise<ChannelRow> {
  const [row] = await tx<ChannelRow[]>`select * from channels where id = ${channel} for no key update`;
  if (!row) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
  return row;
}

async function roleOf(tx: Transaction, { channel, person }: { channel: Id; person: Id }): Promise<CommunityRole | 'none'> {
  const [row] = await tx<{ role: CommunityRole }[]>`select role from channel_members where channel = ${channel} and person = ${person}`;
  return row?.role ?? 'none';
}

async function mustHaveRoom(tx: Transaction, group: Id): Promise<void> {
  const [{ count = 0 } = {}] = await tx<{ count: number }[]>`select count(*)::int as count from channel_members where channel = ${group}`;
  if (count >= largestGroup)
    throw new PlazaError('conflict', `A group has at most ${largestGroup} people.`, {
      field: 'person',
      rule: 'group-full',
      limit: largestGroup,
    });
}

/** The lock makes a removal from the community wait, so that it takes this membership along. */
async function mustBelong(tx: Transaction, community: Id, person: Id): Promise<void> {
  const rows = await tx`select from community_members where community = ${community} and person = ${person} for share`;
  if (rows.length > 0) return;
  throw new PlazaError('conflict', 'Only members of the community can be added to its channels; invite the person first.', {
    field: 'person',
    rule: 'invite-first',
  });
}

/** Removes another, or oneself. Delivery to that person ends with the commit (L9). */
export function removeMember({ sql, policy }: Deps): Conversations['removeMember'] {
  return async (who, input) => {
    const by = speaker(who);
    const own = input.person === by.id;
    const reason = cleanReason(input.reason);
    channelId(input.channel);
    await mustExist(sql, who, [input.person], 'person');
    await sql.begin(async (tx) => {
      const { application, community } = await locked(tx, input.channel);
      const standing = await freshly(policy, who, input.channel, tx);
      policy.ask(own ? 'channel.leave' : 'channel.remove', { ...standing, targetRole: await roleOf(tx, input) });
      const gone = await tx`delete from channel_members where channel = ${input.channel} and person = ${input.person} returning person`;
      if (gone.length === 0) return;
      await emit(tx, [
        { topic: { kind: 'access' }, event: { type: 'access', channel: input.channel, person: input.person } },
        { topic: { kind: 'person', person: input.person }, event: { type: 'channel_left', channel: input.channel } },
      ]);
      if (own) return;
      await record(tx, [
        {
          application,
          community,
          channel: input.channel,
          number: null,
          person: input.person,
          by: by.id,
          kind: 'channel_member_removed',
          reason,
        },
      ]);
    });
    // This process does not wait for the feed to tell it.
    policy.forget({ type: 'access', channel: input.channel, person: input.person });
  };
}

export function members({ sql, policy }: Deps): Conversations['members'] {
  return async (who, channel, page) => {
    channelId(channel);
    const size = pageSize(page);
    const after = page.after ? (decodeCursor(page.after, ['id'])[0] ?? '0') : '0';
    const rows = await sql<{ person: Id; role: CommunityRole; joined_at: Date }[]>`
      select person, role, joined_at from channel_members where channel = ${channel} and person > ${after} order by person limit ${size + 1}`;
    await freshly(policy, who, channel);
    return toPage(
      rows,
      size,
      (row) => ({ person: row.person, role: row.role, joinedAt: row.joined_at.toISOString() }),
      (row) => [row.person],
    );
  };
}

/** What was said before somebody came is not unread: the chats that a new member may read count as read to their ends. */
export async function enterCommunities(
  tx: Transaction,
  { communities, person }: { communities: readonly Id[]; person: Id },
): Promise<void> {
  await tx`
    insert into read_positions (person, channel, number)
    select ${person}, c.id, h.number from channels c join channel_heads h on h.channel = c.id
    where c.community = any(${communities}::bigint[]) and c.kind = 'chat' and c.visibility = 'public' and h.number > 0
    order by c.id
    on conflict (person, channel) do update set number = excluded.number, read_at = now() where read_positions.number < excluded.number`;
}

/** Takes a person out of all channels of a community, within the transaction that ends the membership there. */
export async function leaveCommunity(tx: Transaction, { community, person }: { community: Id; person: Id }): Promise<void> {
  await tx`
    delete from channel_members m using channels c
    where m.person = ${person} and c.id = m.channel and c.community = ${community}`;
}
