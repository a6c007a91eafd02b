import type { Id, Person } from '../../../contracts/nouns.ts';
import type { MyChannel } from '../../../contracts/wire.ts';
import { numbers } from '../../engines/postgres/index.ts';
import { gathered, whenManyCome } from '../../kit/gathered.ts';
import type { Deps } from './deps.ts';
import type { Conversations } from './index.ts';
import { type ChannelRow, toChannel } from './rows.ts';
import { callsAfter } from './unreadMentions.ts';

/** Side bars that are read together: some thousand rows. */
const atOnce = { ...whenManyCome, most: 100 };

interface Ask {
  person: Id;
  application: Id;
}

interface OwnRow {
  place: number;
  channel: Id;
  read: number;
  mentions: number;
  people: Person[] | null;
}

type SharedRow = ChannelRow & { last_number: number; version: number };

/**
 * What `ready` lists: channels I am in, and the public chats of my communities, with unread's two halves. Who ask at the
 * same time are often in the same channels, so what is each one's own is one query, and what they share another. A side
 * bar holds 500, the rest is found by search and by community; of a direct or group channel 5 people are named. These
 * limits stand in the statement itself: of one that comes as a parameter PostgreSQL supposes that it cuts off nearly all.
 */
export function mine({ sql }: Deps): Conversations['mine'] {
  const ask = gathered<Ask, MyChannel[]>(async (asks) => {
    const own = await readOwn(asks);
    const shared = await readShared([...new Set(own.map((row) => row.channel))]);
    const found: MyChannel[][] = asks.map(() => []);
    for (const { place, channel, read, mentions, people } of own) {
      const known = shared.get(channel);
      if (known) found[place - 1]?.push({ ...known, read, mentions, people: people ?? [] });
    }
    return found;
  }, atOnce);

  function readOwn(asks: readonly Ask[]): Promise<OwnRow[]> {
    return sql<OwnRow[]>`
      select a.place::int, c.id as channel, c.read, c.mentions, c.people
      from unnest(
        ${numbers(asks.map(({ person }) => person))}::bigint[], ${numbers(asks.map(({ application }) => application))}::bigint[]
      ) with ordinality as a (person, application, place)
      cross join lateral (
        select c.id, coalesce(r.number, 0) as read, p.people,
          ${callsAfter(sql, sql`a.person`, sql`c.id`, sql`coalesce(r.number, 0)`)} as mentions
        from (
          select m.channel as id from channel_members m where m.person = a.person
          union
          select p.id from community_members cm cross join lateral (
            select id from channels where community = cm.community and kind = 'chat' and visibility = 'public' offset 0
          ) p where cm.person = a.person
        ) ids join channels c on c.id = ids.id
        left join read_positions r on r.person = a.person and r.channel = c.id
        left join lateral (
          select json_agg(json_build_object('id', p.id::text, 'handle', p.handle, 'name', p.name, 'bot', p.bot, 'avatar', p.avatar)) as people
          from (select person from channel_members o where o.channel = c.id and o.person <> a.person order by o.person limit 5) o
          join people p on p.id = o.person
          where c.kind in ('direct', 'group')
        ) p on true
        where c.archived_at is null and c.kind <> 'discussion' and c.application = a.application
        order by c.id desc limit 500
      ) c`;
  }

  async function readShared(channels: readonly Id[]): Promise<Map<Id, Pick<MyChannel, 'channel' | 'number' | 'version'>>> {
    if (channels.length === 0) return new Map();
    const rows = await sql<SharedRow[]>`
      select c.*, h.number as last_number, h.version from channels c join channel_heads h on h.channel = c.id
      where c.id = any(${numbers(channels)}::bigint[]) and c.archived_at is null`;
    return new Map(rows.map((row) => [row.id, { channel: toChannel(row), number: row.last_number, version: row.version }]));
  }

  return async (who) => {
    if (!who.person) return [];
    return (await ask({ person: who.person.id, application: who.application })) ?? [];
  };
}
