import type { Id } from '../../../contracts/nouns.ts';
import { numbers, type Sql } from '../../engines/postgres/index.ts';
import { distinct } from '../../kit/distinct.ts';
import { isId } from '../../kit/page.ts';
import type { Facts } from './rules.ts';
import { defaultApplication, type Who } from './who.ts';

type Found = Pick<Facts, 'sameApplication'> & Partial<Facts>;
type Role = 'owner' | 'moderator' | 'member' | 'none';

interface ChannelRow {
  place: number;
  application: Id;
  kind: NonNullable<Facts['channelKind']>;
  visibility: 'public' | 'private';
  posting: 'everyone' | 'moderators';
  archived: boolean;
  app_chat: boolean;
  own: boolean;
  channel_role: Role;
  community: Id | null;
  community_visibility: 'public' | 'private' | null;
  community_role: Role;
  banned: boolean;
}

interface Ask {
  who: Who;
  channel: Id;
}

const personOf = ({ who }: Ask) => who.person?.id ?? '0';

/**
 * How each caller stands to each channel, in the order asked, added to what `alone` says of the caller; null where the
 * channel is not in reach of the application. One query.
 */
export async function channelFacts(sql: Sql, asks: readonly Ask[], alone: (who: Who) => Facts): Promise<(Facts | null)[]> {
  if (asks.length === 0) return [];
  const { different, places } = distinct(asks, (ask) => `${personOf(ask)}/${ask.channel}`);
  const channels = different.map(({ channel }) => (isId(channel) ? channel : '0'));
  const rows = await sql<ChannelRow[]>`
    select a.place::int, c.application, c.kind, c.visibility, c.posting, c.archived_at is not null as archived,
      c.chat_number is not null as app_chat, c.created_by is not distinct from a.person as own, coalesce(m.role, 'none') as channel_role,
      c.community, co.visibility as community_visibility, coalesce(cm.role, 'none') as community_role,
      exists (select from community_bans b where b.community = c.community and b.person = a.person and (b.until is null or b.until > now())) as banned
    from unnest(${numbers(channels)}::bigint[], ${numbers(different.map(personOf))}::bigint[]) with ordinality as a (channel, person, place)
    join channels c on c.id = a.channel
    left join communities co on co.id = c.community
    left join community_members cm on cm.community = c.community and cm.person = a.person
    left join channel_members m on m.channel = c.id and m.person = a.person`;
  const found: (ChannelRow | undefined)[] = [];
  for (const row of rows) found[row.place - 1] = row;
  return asks.map(({ who, channel }, i) => {
    const row = found[places[i] ?? -1];
    return row === undefined || !inReach(who, row) ? null : factsOf(alone(who), channel, row, who);
  });
}

/** The default application's admins reach the numbered chats of the others; everything else ends at the border. */
function inReach(who: Who, row: ChannelRow): boolean {
  return row.application === who.application || (row.app_chat && who.application === defaultApplication && who.role === 'admin');
}

function factsOf(alone: Facts, channel: Id, row: ChannelRow, who: Who): Facts {
  const facts: Facts = {
    ...alone,
    sameApplication: row.application === who.application,
    channel,
    channelKind: row.kind,
    channelVisibility: row.visibility,
    channelPosting: row.posting,
    channelArchived: row.archived,
    channelRole: row.channel_role,
    appChat: row.app_chat,
    own: row.own,
    banned: row.banned,
  };
  if (row.community !== null && row.community_visibility !== null) {
    facts.community = row.community;
    facts.communityVisibility = row.community_visibility;
    facts.communityRole = row.community_role;
  }
  return facts;
}

/** How the caller stands to each community, in the order asked; null where there is none in the caller's application. One query. */
export async function communityFacts(sql: Sql, who: Who, communities: readonly Id[]): Promise<(Found | null)[]> {
  const person = who.person?.id ?? '0';
  const rows = await sql<{ id: Id; visibility: 'public' | 'private'; role: Role; banned: boolean; invited: boolean }[]>`
    select co.id, co.visibility, coalesce(cm.role, 'none') as role,
      exists (select from community_bans b where b.community = co.id and b.person = ${person} and (b.until is null or b.until > now())) as banned,
      exists (select from community_invitations i where i.community = co.id and i.person = ${person}) as invited
    from communities co left join community_members cm on cm.community = co.id and cm.person = ${person}
    where co.id = any (${communities.filter(isId)}::bigint[]) and co.application = ${who.application}`;
  const byId = new Map(rows.map((row) => [row.id, row]));
  return communities.map((community) => {
    const row = byId.get(community);
    if (!row) return null;
    return {
      sameApplication: true,
      community,
      communityVisibility: row.visibility,
      communityRole: row.role,
      banned: row.banned,
      invited: row.invited,
    };
  });
}
