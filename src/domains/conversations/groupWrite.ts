import type { ChannelEvent } from '../../../contracts/events.ts';
import type { Id, Message, Person } from '../../../contracts/nouns.ts';
import { type Emission, emission, emit } from '../../engines/feed/emit.ts';
import { type Fragment, numbers, type Pool, type Sql, type Transaction, texts } from '../../engines/postgres/index.ts';
import { type ModerationEntry, record } from '../moderation/index.ts';
import type { Loaded } from './groupLoad.ts';
import { writeMentions } from './groupMentions.ts';
import type { Place, Step } from './steps.ts';

/** One change as it was decided. */
export interface Written {
  step: Step;
  place: Place;
  by: Person;
  /** When, in milliseconds since 1970. */
  ms: number;
  message: Message | null;
  event: ChannelEvent;
}

/** Writes a group's rows and events. The statements go out together, without waiting in between; each covers the whole group. */
export async function writeAll(tx: Transaction, written: readonly Written[], loaded: Loaded): Promise<void> {
  const posts = byChannel(written.filter((w) => w.step.do === 'post'));
  const touches = written.filter((w) => w.message !== null && w.step.do !== 'post');
  await Promise.all([
    ...(posts.length > 0 ? [insertMessages(tx, posts, loaded), moveAuthors(tx, posts)] : []),
    ...(touches.length > 0 ? [...keepRevisions(tx, touches), updateMessages(tx, touches), ...writeReactions(tx, touches)] : []),
    ...changeChannels(tx, written),
    moveHeads(tx, loaded),
    rankDiscussions(tx, written, loaded),
    emit(tx, emissionsOf(written)),
    ...writeMentions(tx, written, loaded),
    record(tx, moderated(written, loaded)),
  ]);
}

/**
 * Writes a group of plain posts in one statement, which is a transaction by itself, on heads that are only believed:
 * it moves them if their versions are still the believed ones, and does nothing at all otherwise. All else in it waits
 * for that, so the heads are locked first here, too.
 *
 * @param claim what marks the group as committed
 * @throws division by zero (22012) when a channel has moved on, 23505 when a key comes again
 */
export async function writePosts(sql: Pool, claim: Fragment, posts: readonly Written[], loaded: Loaded): Promise<void> {
  const met = sql`(select met from met) = 1`;
  const channels = byChannel(posts);
  const ranks = rankDiscussions(sql, posts, loaded, met);
  await sql`
    with claimed as (${claim}),
      moved as (${moveHeads(sql, loaded)} returning 1),
      met as (select 1 / (count(*) = ${loaded.channels.size})::int as met from moved),
      written as (${insertMessages(sql, channels, loaded, met)}),
      read as (${moveAuthors(sql, channels, met)})
      ${ranks === null ? sql`` : sql`, ranked as (${ranks})`}
    ${emission(sql, emissionsOf(posts), met)}`;
}

/** The posts of each channel, in order of number; the channels by place in the indexes, where neighbours go into the same page. */
function byChannel(posts: readonly Written[]): Written[][] {
  const channels = [...Map.groupBy(posts, (w) => w.place.channel)];
  return channels.sort(([a], [b]) => byId(a, b)).map(([, all]) => all);
}

/** Ids are numbers written out: the longer one is the larger. */
const byId = (a: Id, b: Id) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/**
 * Of most groups only what every message has is sent. Arrays are unnested side by side in a select list, which reads them as it goes: in a
 * `from` PostgreSQL first puts each into a store of its own, which took a seventh of a group's time.
 */
function insertMessages(sql: Sql, channels: readonly Written[][], loaded: Loaded, when = sql`true`) {
  const posts = channels.flat();
  const messages = posts.flatMap(({ message }) => message ?? []);
  const isSearched = (m: Message) => (loaded.channels.get(m.channel)?.details.chatNumber ?? null) !== null;
  const now = posts[0]?.ms ?? 0;
  const isPlain =
    posts.every((w) => w.ms === now) &&
    messages.every((m) => m.replyTo === null && m.mentions.length === 0 && m.link === null && !isSearched(m));
  const given = sql`
    unnest(${numbers(messages.map((m) => m.channel))}::bigint[]) as channel, unnest(${numbers(messages.map((m) => m.number))}::int[]) as number,
    unnest(${numbers(messages.map((m) => m.version))}::int[]) as version, unnest(${numbers(messages.map((m) => m.author))}::bigint[]) as author,
    unnest(string_to_array(${texts(messages.map((m) => m.key))}, E'\\x1f', '')) as key,
    unnest(string_to_array(${texts(messages.map((m) => m.body))}, E'\\x1f', '')) as body`;
  if (isPlain) {
    return sql`
      insert into messages (channel, number, version, author, key, body, created_at)
      select channel, number, version, author, key, body, to_timestamp(${now}::float8 / 1000) from (select ${given}) m where ${when}`;
  }
  return sql`
    insert into messages (channel, number, version, author, key, body, created_at, reply_to, mentions, link_channel, link_number, words)
    select channel, number, version, author, key, body, to_timestamp(ms / 1000), reply_to, mentions::bigint[], link_channel, link_number,
      case when searched = 1 then to_tsvector('simple', body) end
    from (
      select ${given}, unnest(${numbers(posts.map((w) => w.ms))}::float8[]) as ms, unnest(${numbers(messages.map((m) => m.replyTo))}::int[]) as reply_to,
        unnest(${messages.map((m) => idArray(m.mentions))}::text[]) as mentions,
        unnest(${numbers(messages.map((m) => m.link?.channel ?? null))}::bigint[]) as link_channel,
        unnest(${numbers(messages.map((m) => m.link?.number ?? null))}::int[]) as link_number,
        unnest(${numbers(messages.map((m) => (isSearched(m) ? 1 : 0)))}::int[]) as searched
    ) m
    where ${when}`;
}

/** A list of ids for a column of lists; null for an empty one. */
function idArray(ids: readonly Id[]): string | null {
  return ids.length === 0 ? null : `{${ids.join()}}`;
}

/** Who writes has read: the author's position moves to the own message. Whose words were taken from elsewhere has not written here. */
function moveAuthors(sql: Sql, channels: readonly Written[][], when = sql`true`) {
  // In one order everywhere, so that two groups never wait on each other's rows.
  const moved = channels.flatMap((posts) => {
    const last = new Map<Id, Written>();
    for (const w of posts) if (w.message?.link === null) last.set(w.by.id, w);
    return [...last.values()].sort((a, b) => byId(a.by.id, b.by.id));
  });
  return sql`
    insert into read_positions (person, channel, number, read_at)
    select person, channel, number, to_timestamp(ms / 1000)
    from unnest(${numbers(moved.map((w) => w.by.id))}::bigint[], ${numbers(moved.map((w) => w.place.channel))}::bigint[], ${numbers(moved.map((w) => w.place.number))}::int[],
      ${numbers(moved.map((w) => w.ms))}::float8[]) as r (person, channel, number, ms)
    where ${when}
    on conflict (person, channel) do update set number = excluded.number, read_at = excluded.read_at where read_positions.number < excluded.number`;
}

/** What an edit or a deletion replaces, under the version that replaced it. */
function keepRevisions(tx: Transaction, touches: readonly Written[]) {
  const replaced = touches.flatMap(({ step, place }) => (step.do === 'edit' || step.do === 'delete' ? [{ place, old: step.message }] : []));
  if (replaced.length === 0) return [];
  return [
    tx`
      insert into revisions (channel, number, version, body, written_at)
      select channel, number, version, body, written_at::timestamptz
      from unnest(${replaced.map((r) => r.place.channel)}::bigint[], ${replaced.map((r) => r.place.number)}::int[], ${replaced.map((r) => r.place.version)}::int[],
        ${replaced.map((r) => r.old.body ?? '')}::text[], ${replaced.map((r) => r.old.editedAt ?? r.old.createdAt)}::text[])
        as r (channel, number, version, body, written_at)`,
  ];
}

function updateMessages(tx: Transaction, touches: readonly Written[]) {
  // A message touched twice in the group is written once, as the last change leaves it.
  const last = new Map(touches.map((w) => [`${w.place.channel}/${w.place.number}`, w]));
  const final = [...last.values()].flatMap(({ message, step, by }) =>
    message === null
      ? []
      : [
          {
            message,
            deletedBy: step.do === 'delete' ? by.id : null,
            mentions: step.do === 'delete' ? step.message.mentions : message.mentions,
          },
        ],
  );
  const messages = final.map((f) => f.message);
  return tx`
    update messages m
    set posted_version = coalesce(m.posted_version, m.version), version = u.version, body = u.body, reactions = u.reactions::jsonb, edited_at = u.edited_at::timestamptz, deleted_at = u.deleted_at::timestamptz,
      deleted_by = u.deleted_by, mentions = u.mentions::bigint[], link_channel = u.link_channel, link_number = u.link_number, pinned_at = u.pinned_at::timestamptz,
      words = case when m.words is not null then to_tsvector('simple', coalesce(u.body, '')) end
    from unnest(${messages.map((m) => m.channel)}::bigint[], ${messages.map((m) => m.number)}::int[], ${messages.map((m) => m.version)}::int[],
      ${messages.map((m) => m.body)}::text[], ${messages.map((m) => (m.reactions.length > 0 ? JSON.stringify(m.reactions) : null))}::text[],
      ${messages.map((m) => m.editedAt)}::text[], ${messages.map((m) => m.deletedAt)}::text[], ${messages.map((m) => m.pinnedAt)}::text[],
      ${final.map((f) => f.deletedBy)}::bigint[], ${final.map((f) => idArray(f.mentions))}::text[], ${messages.map((m) => m.link?.channel ?? null)}::bigint[],
      ${messages.map((m) => m.link?.number ?? null)}::int[])
      as u (channel, number, version, body, reactions, edited_at, deleted_at, pinned_at, deleted_by, mentions, link_channel, link_number)
    where m.channel = u.channel and m.number = u.number`;
}

/** Rows behind the counts. In order of the changes: only the last word of each person on each emoji is written. */
function writeReactions(tx: Transaction, touches: readonly Written[]) {
  const last = new Map<string, { place: Place; person: Id; emoji: string; on: boolean }>();
  const gone: Place[] = [];
  for (const { step, place, by } of touches) {
    if (step.do === 'react')
      last.set(`${place.channel}/${place.number}/${by.id}/${step.emoji}`, { place, person: by.id, emoji: step.emoji, on: step.on });
    if (step.do === 'delete') {
      gone.push(place);
      for (const [key, r] of last) if (r.place.channel === place.channel && r.place.number === place.number) last.delete(key);
    }
  }
  const on = [...last.values()].filter((r) => r.on);
  const off = [...last.values()].filter((r) => !r.on);
  return [
    ...(gone.length === 0
      ? []
      : [
          tx`
            delete from reactions r
            using unnest(${gone.map((p) => p.channel)}::bigint[], ${gone.map((p) => p.number)}::int[]) as g (channel, number)
            where r.channel = g.channel and r.number = g.number`,
        ]),
    ...(off.length === 0
      ? []
      : [
          tx`
            delete from reactions r
            using unnest(${off.map((r) => r.place.channel)}::bigint[], ${off.map((r) => r.place.number)}::int[], ${off.map((r) => r.person)}::bigint[], ${off.map((r) => r.emoji)}::text[])
              as o (channel, number, person, emoji)
            where r.channel = o.channel and r.number = o.number and r.person = o.person and r.emoji = o.emoji`,
        ]),
    ...(on.length === 0
      ? []
      : [
          tx`
            insert into reactions (channel, number, person, emoji, created_at)
            select channel, number, person, emoji, at::timestamptz
            from unnest(${on.map((r) => r.place.channel)}::bigint[], ${on.map((r) => r.place.number)}::int[], ${on.map((r) => r.person)}::bigint[], ${on.map((r) => r.emoji)}::text[],
              ${on.map((r) => r.place.at)}::text[]) as r (channel, number, person, emoji, at)
            on conflict do nothing`,
        ]),
  ];
}

function changeChannels(tx: Transaction, written: readonly Written[]) {
  return written.flatMap(({ step, place, by }) => {
    if (step.do !== 'change') return [];
    const { details } = step;
    return [
      tx`
        update channels
        set name = ${details.name}, topic = ${details.topic}, photo = ${details.photo}, tags = ${details.tags}::text[],
          visibility = ${details.visibility}, posting = ${details.posting},
          accepted = ${details.accepted},
          archived_at = case when ${details.archived}::bool then coalesce(archived_at, now()) end, changed_version = ${place.version}
        where id = ${place.channel}`,
      // Who makes a channel private stays in it, if still a member of the community. Sent at once: whom a call to everyone
      // tells is asked in an async function, whose questions go out before what is only awaited.
      ...(step.access && details.visibility === 'private'
        ? [
            tx`
              insert into channel_members (channel, person, role)
              select ${place.channel}, m.person, 'owner' from channels c join community_members m on m.community = c.community and m.person = ${by.id}
              where c.id = ${place.channel}
              on conflict do nothing`.execute(),
          ]
        : []),
    ];
  });
}

/** Moves those that changed, from where they were. */
function moveHeads(sql: Sql, loaded: Loaded) {
  const moved = [...loaded.channels].filter(([, channel]) => channel.version !== channel.from.version);
  return sql`
    update channel_heads h set number = u.number, version = u.version
    from unnest(${numbers(moved.map(([id]) => id))}::bigint[], ${numbers(moved.map(([, c]) => c.number))}::int[], ${numbers(moved.map(([, c]) => c.version))}::int[],
      ${numbers(moved.map(([, c]) => c.from.number))}::int[], ${numbers(moved.map(([, c]) => c.from.version))}::int[]) as u (channel, number, version, from_number, from_version)
    where h.channel = u.channel and h.version = u.from_version and h.number = u.from_number`;
}

/** Keeps what discussions are sorted by: when they were active, how many comments, how popular (a comment counts 2, a reaction 1). */
function rankDiscussions(sql: Sql, written: readonly Written[], loaded: Loaded, when = sql`true`) {
  const ranks = new Map<Id, { activeAt: number; comments: number; popularity: number }>();
  for (const { step, place, ms } of written) {
    if (loaded.channels.get(place.channel)?.details.kind !== 'discussion') continue;
    const rank = ranks.get(place.channel) ?? { activeAt: 0, comments: 0, popularity: 0 };
    if (step.do === 'post') {
      rank.activeAt = Math.max(rank.activeAt, ms);
      if (place.number > 1) {
        rank.comments += 1;
        rank.popularity += 2;
      }
    }
    if (step.do === 'react') rank.popularity += step.on ? 1 : -1;
    if (step.do === 'delete') rank.popularity -= step.message.reactions.reduce((sum, r) => sum + r.count, 0);
    ranks.set(place.channel, rank);
  }
  if (ranks.size === 0) return null;
  const all = [...ranks];
  return sql`
    update channels c
    set active_at = greatest(c.active_at, case when r.active_ms > 0 then to_timestamp(r.active_ms / 1000) end), comments = c.comments + r.comments, popularity = c.popularity + r.popularity
    from unnest(${all.map(([id]) => id)}::bigint[], ${all.map(([, r]) => r.activeAt)}::float8[], ${all.map(([, r]) => r.comments)}::int[], ${all.map(([, r]) => r.popularity)}::int[])
      as r (channel, active_ms, comments, popularity)
    where c.id = r.channel and ${when}`;
}

/**
 * One logical message for each change, in order of version within each channel (L5, L6). Where a change takes access
 * away, that is said first, so that no reader gets the change or anything after it (L9).
 */
function emissionsOf(written: readonly Written[]): Emission[] {
  const emissions: Emission[] = [];
  for (const { step, place, event } of written) {
    const { channel, version, number } = place;
    if (step.do === 'change' && step.access) emissions.push({ topic: { kind: 'access' }, event: { type: 'access', channel } });
    emissions.push({ topic: { kind: 'channel', channel, version, number: step.do === 'post' ? number : 0 }, event });
  }
  return emissions;
}

/** What was done to the messages of others and to channels, for those who keep order. */
function moderated(written: readonly Written[], loaded: Loaded): ModerationEntry[] {
  return written.flatMap(({ step, place, by }): ModerationEntry[] => {
    const at = loaded.channels.get(place.channel);
    if (step.do === 'change' && step.kept !== undefined && at !== undefined) {
      const { application, details } = at;
      return [{ application, community: details.community, channel: place.channel, number: null, person: null, by: by.id, ...step.kept }];
    }
    if ((step.do !== 'delete' && step.do !== 'restore') || step.message.author === by.id || at === undefined) return [];
    return [
      {
        application: at.application,
        community: at.details.community,
        channel: place.channel,
        number: place.number,
        person: step.message.author,
        by: by.id,
        kind: step.do === 'delete' ? 'message_deleted' : 'message_restored',
        reason: step.reason,
      },
    ];
  });
}
