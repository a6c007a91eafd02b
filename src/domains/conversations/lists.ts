import { PlazaError } from '../../../contracts/errors.ts';
import type { Channel, Id } from '../../../contracts/nouns.ts';
import { numbers, type Sql } from '../../engines/postgres/index.ts';
import { gathered } from '../../kit/gathered.ts';
import { type CursorKey, decodeCursor, encodeCursor, isId, type Page, pageSize } from '../../kit/page.ts';
import { text } from '../../kit/text.ts';
import type { Policy, Who } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import type { Conversations, Discussion } from './index.ts';
import { type ChannelRow, channelColumns, toChannel } from './rows.ts';

/** The chats of a community that the caller may read, oldest first. */
export function communityChats({ sql, policy }: Deps): Conversations['communityChats'] {
  return async (who, community, page): Promise<Page<Channel>> => {
    const size = pageSize(page);
    const after = page.after ? (decodeCursor(page.after, ['id'])[0] ?? '0') : '0';
    await policy.toCommunity(who, community);
    const rows = await sql<ChannelRow[]>`
      select * from channels where community = ${community} and kind = 'chat' and id > ${after} order by id limit ${size + 1}`;
    return await readable(policy, who, rows, size, toChannel, (row) => [row.id]);
  };
}

type Sort = 'latest' | 'popular' | 'unanswered';
export type DiscussionRow = ChannelRow & { active_at: Date; comments: number; popularity: number };

export function toDiscussion(row: DiscussionRow): Discussion {
  return { channel: toChannel(row), comments: row.comments, activeAt: row.active_at.toISOString() };
}

const cursorParts = { latest: ['time', 'id'], popular: ['int', 'id'], unanswered: ['id'] } as const;
export const cursorKeys: Record<Sort, (row: DiscussionRow) => CursorKey> = {
  latest: (row) => [row.active_at.getTime(), row.id],
  popular: (row) => [row.popularity, row.id],
  unanswered: (row) => [row.id],
};

/** Discussions of a community, each sort order along an index of its own. */
export function discussions({ sql, policy }: Deps): Conversations['discussions'] {
  return async (who, input, page): Promise<Page<Discussion>> => {
    const size = pageSize(page);
    const tag = input.tag === undefined ? null : text(input.tag, { field: 'tag', min: 1, max: 32 }).toLowerCase();
    if (input.author !== undefined && !isId(input.author))
      throw new PlazaError('invalid_input', '"author" must be the id of a person.', { field: 'author' });
    await policy.toCommunity(who, input.community);
    const place = page.after ? decodeCursor(page.after, cursorParts[input.sort]) : null;
    const rows = await sql<DiscussionRow[]>`
      select * from channels c
      where c.community = ${input.community} and c.kind = 'discussion'
        ${place === null ? sql`` : beyond(sql, input.sort, place)}
        ${input.sort === 'unanswered' ? sql`and c.comments = 0` : sql``}
        ${tag === null ? sql`` : sql`and c.tags @> ${[tag]}::text[]`}
        ${input.author === undefined ? sql`` : sql`and c.created_by = ${input.author}`}
      order by ${order(sql, input.sort)} limit ${size + 1}`;
    return await readable(policy, who, rows, size, toDiscussion, cursorKeys[input.sort]);
  };
}

interface Ask {
  who: Who;
  community: Id;
  size: number;
}

/** Communities whose discussions are read together. */
const atOnce = { most: 100 };

/**
 * The first page of each of many communities. Who ask at the same time are answered together; whether they may read what
 * was found is asked of each, after the reading (L9).
 */
export function discussionsOf({ reads, policy }: Deps): Conversations['discussionsOf'] {
  const together = (sort: Sort) =>
    gathered<Ask, Page<Discussion>>(async (asks) => {
      const found = await read(sort, new Map(asks.map((ask) => [keyOf(ask), ask])));
      const lists = asks.map((ask) => found.get(keyOf(ask)) ?? []);
      const pages = lists.map((list, i) => list.slice(0, asks[i]?.size));
      const standings = await policy.toChannels(
        asks.flatMap(({ who }, i) => (pages[i] ?? []).map(({ node }) => ({ who, channel: node.channel.id }))),
        reads,
      );
      let place = 0;
      return pages.map((page, i) => ({
        items: page.filter(() => Boolean(standings[place++])),
        hasNext: page.length < (lists[i]?.length ?? 0),
      }));
    }, atOnce);
  const firsts = { latest: together('latest'), popular: together('popular'), unanswered: together('unanswered') };

  return async (who, communities, sort, first) => {
    const size = pageSize({ first });
    return await Promise.all(
      communities.map(
        async (community) => (isId(community) && (await firsts[sort]({ who, community, size }))) || { items: [], hasNext: false },
      ),
    );
  };

  /** By ask, with one more than the page has if there is one. */
  async function read(sort: Sort, asks: ReadonlyMap<string, Ask>): Promise<Map<string, Page<Discussion>['items']>> {
    const rows = await reads<(DiscussionRow & { asked: Id; size: number })[]>`
      select a.community as asked, a.size, d.*
      from unnest(
        ${numbers([...asks.values()].map(({ community }) => community))}::bigint[], ${numbers([...asks.values()].map(({ size }) => size))}::int[]
      ) as a (community, size)
      cross join lateral (
        select ${channelColumns(reads)}, active_at, comments, popularity from channels c where c.community = a.community and c.kind = 'discussion'
          ${sort === 'unanswered' ? reads`and c.comments = 0` : reads``}
        order by ${order(reads, sort)} limit a.size + 1
      ) d`;
    const found = new Map<string, Page<Discussion>['items']>();
    for (const row of rows) {
      const item = { node: toDiscussion(row), cursor: encodeCursor(cursorKeys[sort](row)) };
      const key = keyOf({ community: row.asked, size: row.size });
      const known = found.get(key);
      if (known) known.push(item);
      else found.set(key, [item]);
    }
    return found;
  }
}

function keyOf({ community, size }: Omit<Ask, 'who'>): string {
  return `${community}/${size}`;
}

function order(sql: Sql, sort: Sort) {
  if (sort === 'latest') return sql`c.active_at desc, c.id desc`;
  return sort === 'popular' ? sql`c.popularity desc, c.id desc` : sql`c.id desc`;
}

/** Times are kept in whole milliseconds (see `rankDiscussions`), so a cursor names its row exactly. */
function beyond(sql: Sql, sort: Sort, place: CursorKey) {
  const [key = 0, id = '0'] = place;
  if (sort === 'latest') return sql`and (c.active_at, c.id) < (to_timestamp(${Number(key)}::float8 / 1000), ${id}::bigint)`;
  return sort === 'popular' ? sql`and (c.popularity, c.id) < (${key}::int, ${id}::bigint)` : sql`and c.id < ${key}::bigint`;
}

/** A page of what the caller may read; asked after the rows were read (L9). */
export async function readable<Row extends ChannelRow, T>(
  policy: Policy,
  who: Who,
  rows: readonly Row[],
  size: number,
  node: (row: Row) => T,
  key: (row: Row) => CursorKey,
): Promise<Page<T>> {
  const standings = await policy.toChannels(rows.map((row) => ({ who, channel: row.id })));
  return {
    items: rows.slice(0, size).flatMap((row, i) => (standings[i] ? [{ node: node(row), cursor: encodeCursor(key(row)) }] : [])),
    hasNext: rows.length > size,
  };
}
