import type { Channel, ChannelKind, CommunityRole, Id, Posting, Visibility } from '../../../contracts/nouns.ts';
import { type Emission, emit } from '../../engines/feed/emit.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { type ChannelRow, toChannel } from './rows.ts';

export interface NewChannel {
  application: Id;
  kind: ChannelKind;
  createdBy: Id;
  visibility: Visibility;
  community?: Id;
  name?: string;
  topic?: string;
  tags?: string[];
  posting?: Posting;
  pair?: string;
  chatNumber?: number;
  members?: readonly { person: Id; role: CommunityRole }[];
}

/** Makes a channel with an empty log and its first members, and tells the members. The one place where channels begin. */
export async function openChannel(tx: Transaction, channel: NewChannel): Promise<Channel> {
  const [row] = await tx<ChannelRow[]>`
    insert into channels (application, community, kind, name, topic, tags, visibility, posting, pair, chat_number, created_by, active_at)
    values (${channel.application}, ${channel.community ?? null}, ${channel.kind}, ${channel.name ?? null}, ${channel.topic ?? ''}, ${channel.tags ?? []}::text[],
      ${channel.visibility}, ${channel.posting ?? 'everyone'}, ${channel.pair ?? null}, ${channel.chatNumber ?? null}, ${channel.createdBy},
      ${channel.kind === 'discussion' ? new Date() : null})
    returning *`;
  if (!row) throw new Error('an insert returned no row');
  const opened = toChannel(row);
  const members = channel.members ?? [];
  await Promise.all([
    tx`insert into channel_heads (channel) values (${row.id})`,
    tx`
      insert into channel_members (channel, person, role)
      select ${row.id}, * from unnest(${members.map((m) => m.person)}::bigint[], ${members.map((m) => m.role)}::text[])`,
    emit(tx, announcements(opened, members)),
  ]);
  return opened;
}

function announcements(channel: Channel, members: readonly { person: Id }[]): Emission[] {
  if (channel.kind === 'discussion') return [];
  if (channel.community !== null && channel.visibility === 'public') {
    return [{ topic: { kind: 'community', community: channel.community }, event: { type: 'channel_created', channel } }];
  }
  return members.map(({ person }) => ({ topic: { kind: 'person', person }, event: { type: 'channel_joined', channel } }));
}
