import type { Sql } from '../engines/postgres/index.ts';

/** How many channels, messages or positions break each rule, and how many there were to look at. */
export interface Checked {
  channels: number;
  messages: number;
  broken: { [rule: string]: number };
}

/** Holds every log of the database against the rules, as one consistent view of it. */
export async function checkLogs(sql: Sql): Promise<Checked> {
  const [row] = await sql<({ channels: number; messages: number } & { [rule: string]: number })[]>`
    with logs as (
      select channel, count(*) as messages, min(number) as first, max(number) as last, max(version) as version, max(created_at) as last_at,
        sum((select sum((r->>'count')::int) from jsonb_array_elements(reactions) r)) as reactions
      from messages group by channel
    ), reacted as (
      select channel, count(*) as reactions from reactions group by channel
    ), held as (
      select c.*, h.number, h.version, l.messages, l.first, l.last, l.version as last_version, l.last_at, coalesce(l.reactions, 0) as counted,
        coalesce(r.reactions, 0) as reacted
      from channels c join channel_heads h on h.channel = c.id left join logs l on l.channel = c.id left join reacted r on r.channel = c.id
    )
    select count(*)::int as channels, coalesce(sum(messages), 0)::int as messages,
      (count(*) filter (where number > 0 and (first <> 1 or last <> messages)))::int as "numbers run from 1 without a gap (L1)",
      (count(*) filter (where number <> coalesce(last, 0)))::int as "heads name the last number (L1)",
      (count(*) filter (where version <> greatest(coalesce(last_version, 0), changed_version)))::int as "heads name the last version (L2)",
      (count(*) filter (where version < number))::int as "every message moved the version (L2)",
      (count(*) filter (where counted <> reacted))::int as "reactions are counted as they were given",
      (count(*) filter (where kind = 'discussion' and number > 0 and (comments <> number - 1 or popularity <> comments * 2 + reacted or active_at <> last_at)))::int
        as "discussions know their comments and how popular they are",
      (select count(*) from mentions t full join (
        select channel, number, unnest(mentions) as person from messages where mentions is not null and deleted_at is null
      ) m on m.person = t.person and m.channel = t.channel and m.number = t.number where t.person is null or m.person is null)::int
        as "who is called stands in the table that counts it",
      (select count(*) from read_positions p join channel_heads h using (channel) where p.number > h.number)::int as "nobody has read what was not written (L11)"
    from held`;
  if (!row) throw new Error('a count returned no row');
  const { channels, messages, ...broken } = row;
  return { channels, messages, broken };
}
