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
  /** The maker's own id for it. */
  key?: string;
  members?: readonly { person: Id; role: CommunityRole }[];
  /** Now, unless history is brought in; its members joined then. */
  createdAt?: Date;
}

/** Makes a channel with an empty log and its first members, and tells the members. */
export async function openChannel(tx: Transaction, channel: NewChannel): Promise<Channel> {
  const [opened] = await openChannels(tx, [channel]);
  if (!opened) throw new Error('an insert returned no row');
  return opened;
}

/** The same for many, in as many queries as for one; answers in the same order. The one place where channels begin. */
export async function openChannels(tx: Transaction, channels: readonly NewChannel[]): Promise<Channel[]> {
  const now = new Date();
  const given = channels.map((channel, i) => ({
    place: i,
    application: channel.application,
    community: channel.community ?? null,
    kind: channel.kind,
    name: channel.name ?? null,
    topic: channel.topic ?? '',
    tags: channel.tags ?? [],
    visibility: channel.visibility,
    posting: channel.posting ?? 'everyone',
    pair: channel.pair ?? null,
    chat_number: channel.chatNumber ?? null,
    created_by: channel.createdBy,
    key: channel.key ?? null,
    created_at: channel.createdAt ?? now,
    active_at: channel.kind === 'discussion' ? (channel.createdAt ?? now) : null,
  }));
  const rows = await tx<ChannelRow[]>`
    with given as materialized (
      select new_id() as id, g.*
      from jsonb_to_recordset(${tx.json(given)}) as g (place int, application bigint, community bigint, kind text, name text, topic text, tags text[],
        visibility text, posting text, pair text, chat_number int, created_by bigint, key text, created_at timestamptz, active_at timestamptz)
      order by place
    ), made as (
      insert into channels (id, application, community, kind, name, topic, tags, visibility, posting, pair, chat_number, created_by, key, created_at, active_at)
      select id, application, community, kind, name, topic, tags, visibility, posting, pair, chat_number, created_by, key, created_at, active_at from given
      returning *
    )
    select made.* from made join given using (id) order by given.place`;
  const opened = rows.map(toChannel);
  const members = opened.flatMap(({ id }, i) =>
    (channels[i]?.members ?? []).map((member) => ({ channel: id, since: channels[i]?.createdAt ?? now, ...member })),
  );
  await Promise.all([
    tx`insert into channel_heads (channel) select unnest(${opened.map(({ id }) => id)}::bigint[])`,
    tx`
      insert into channel_members (channel, person, role, joined_at)
      select * from unnest(${members.map((m) => m.channel)}::bigint[], ${members.map((m) => m.person)}::bigint[], ${members.map((m) => m.role)}::text[],
        ${members.map((m) => m.since.toISOString())}::timestamptz[])`,
    emit(
      tx,
      opened.flatMap((channel, i) => announcements(channel, channels[i]?.members ?? [])),
    ),
  ]);
  return opened;
}

function announcements(channel: Channel, members: readonly { person: Id }[]): Emission[] {
  if (channel.community !== null && channel.visibility === 'public') {
    return [{ topic: { kind: 'community', community: channel.community }, event: { type: 'channel_created', channel } }];
  }
  // A private discussion is no channel of anybody's lists.
  if (channel.kind === 'discussion') return [];
  // Whoever hears of it looks up what they are in. Access was changed, so it is told only once that is found.
  return members.flatMap(({ person }): Emission[] => [
    { topic: { kind: 'access' }, event: { type: 'access', channel: channel.id, person } },
    { topic: { kind: 'person', person }, event: { type: 'channel_joined', channel } },
  ]);
}
