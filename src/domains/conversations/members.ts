import { PlazaError } from '../../../contracts/errors.ts';
import type { CommunityRole, Id } from '../../../contracts/nouns.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { decodeCursor, pageSize, toPage } from '../../kit/page.ts';
import { mustExist } from './createGroup.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';
import { type ChannelRow, toChannel } from './rows.ts';

/** Adds a person to a channel; with a role, gives it to who is in it already too. */
export function addMember({ sql, policy }: Deps): Conversations['addMember'] {
  return async (who, input) => {
    const standing = await policy.toChannel(who, input.channel);
    policy.ask('channel.add', standing);
    if (input.role !== undefined && input.role !== 'member') policy.ask('channel.set_role', standing);
    speaker(who);
    await mustExist(sql, who, [input.person], 'person');
    await sql.begin(async (tx) => {
      const [row] = await tx<ChannelRow[]>`select * from channels where id = ${input.channel}`;
      if (!row) throw new PlazaError('not_found');
      if (row.community !== null) await mustBelong(tx, row.community, input.person);
      const changed = await tx`
        insert into channel_members (channel, person, role) values (${input.channel}, ${input.person}, ${input.role ?? 'member'})
        on conflict (channel, person) do update set role = excluded.role where ${input.role !== undefined}::bool and channel_members.role <> excluded.role
        returning person`;
      if (changed.length === 0) return;
      await emit(tx, [
        { topic: { kind: 'access' }, event: { type: 'access', channel: input.channel, person: input.person } },
        { topic: { kind: 'person', person: input.person }, event: { type: 'channel_joined', channel: toChannel(row) } },
      ]);
    });
  };
}

/** The lock makes a removal from the community wait, so that it takes this membership along. */
async function mustBelong(tx: Transaction, community: Id, person: Id): Promise<void> {
  const rows = await tx`select from community_members where community = ${community} and person = ${person} for share`;
  if (rows.length > 0) return;
  throw new PlazaError('conflict', 'Only members of the community can be added to its channels; invite the person first.', {
    field: 'person',
  });
}

/** Removes another, or oneself. Delivery to that person ends with the commit (L9). */
export function removeMember({ sql, policy }: Deps): Conversations['removeMember'] {
  return async (who, input) => {
    const standing = await policy.toChannel(who, input.channel);
    const own = input.person === speaker(who).id;
    policy.ask(own ? 'channel.leave' : 'channel.remove', standing);
    await mustExist(sql, who, [input.person], 'person');
    await sql.begin(async (tx) => {
      const gone = await tx`delete from channel_members where channel = ${input.channel} and person = ${input.person} returning person`;
      if (gone.length === 0) return;
      await emit(tx, [
        { topic: { kind: 'access' }, event: { type: 'access', channel: input.channel, person: input.person } },
        { topic: { kind: 'person', person: input.person }, event: { type: 'channel_left', channel: input.channel } },
      ]);
    });
  };
}

export function members({ sql, policy }: Deps): Conversations['members'] {
  return async (who, channel, page) => {
    const size = pageSize(page);
    const after = page.after ? (decodeCursor(page.after, ['id'])[0] ?? '0') : '0';
    const rows = await sql<{ person: Id; role: CommunityRole; joined_at: Date }[]>`
      select person, role, joined_at from channel_members where channel = ${channel} and person > ${after} order by person limit ${size + 1}`;
    await policy.toChannel(who, channel);
    return toPage(
      rows,
      size,
      (row) => ({ person: row.person, role: row.role, joinedAt: row.joined_at.toISOString() }),
      (row) => [row.person],
    );
  };
}

/** Takes a person out of all channels of a community, within the transaction that ends the membership there. */
export async function leaveCommunity(tx: Transaction, { community, person }: { community: Id; person: Id }): Promise<void> {
  await tx`
    delete from channel_members m using channels c
    where m.person = ${person} and c.id = m.channel and c.community = ${community}`;
}
