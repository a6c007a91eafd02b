import type { Person } from '../../../contracts/nouns.ts';
import type { Deps } from './deps.ts';
import type { Conversations } from './index.ts';
import { type ChannelRow, toChannel } from './rows.ts';
import { callsAfter } from './unreadMentions.ts';

/** A side bar holds no more; the rest is found by search and by community. */
const mostChannels = 500;
/** People named for a direct or group channel. */
const peopleShown = 5;

type MineRow = ChannelRow & { last_number: number; version: number; read: number; mentions: number; people: Person[] | null };

/** What `ready` lists: channels I am in, and the public chats of my communities, with unread's two halves. One query. */
export function mine({ sql }: Deps): Conversations['mine'] {
  return async (who) => {
    const person = who.person?.id;
    if (person === undefined) return [];
    const rows = await sql<MineRow[]>`
      with ids as (
        select m.channel as id from channel_members m where m.person = ${person}
        union
        select c.id from community_members cm join channels c on c.community = cm.community and c.kind = 'chat'
        where cm.person = ${person} and c.visibility = 'public'
      )
      select c.*, h.number as last_number, h.version, coalesce(r.number, 0) as read, p.people,
        ${callsAfter(sql, person, sql`c.id`, sql`coalesce(r.number, 0)`)} as mentions
      from ids join channels c on c.id = ids.id join channel_heads h on h.channel = c.id
      left join read_positions r on r.person = ${person} and r.channel = c.id
      left join lateral (
        select json_agg(json_build_object('id', p.id::text, 'handle', p.handle, 'name', p.name, 'bot', p.bot, 'avatar', p.avatar)) as people
        from (select person from channel_members o where o.channel = c.id and o.person <> ${person} order by o.person limit ${peopleShown}) o
        join people p on p.id = o.person
        where c.kind in ('direct', 'group')
      ) p on true
      where c.archived_at is null and c.kind <> 'discussion' and c.application = ${who.application}
      order by c.id desc limit ${mostChannels}`;
    return rows.map((row) => ({
      channel: toChannel(row),
      number: row.last_number,
      version: row.version,
      read: row.read,
      mentions: row.mentions,
      people: row.people ?? [],
    }));
  };
}
