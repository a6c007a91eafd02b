import { createHash } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import { afterAll, describe, expect, it } from 'vitest';
import { connect, type Pool } from '../engines/postgres/index.ts';
import { type FreshDatabase, freshDatabase } from '../engines/postgres/testing.ts';
import { bringIn } from './bringIn.ts';
import { checkLogs } from './check.ts';
import { planWorld } from './world.ts';

const password = 'everybody-is-an-example';
const opened: { sql: Pool; database: FreshDatabase }[] = [];
afterAll(async () => {
  for (const { sql, database } of opened) {
    await sql.end();
    await database.drop();
  }
});

async function seeded(seed: number, end: number, groupSize = 2000): Promise<Pool> {
  const database = await freshDatabase();
  const sql = connect(database.url, { max: 2, name: 'seed-test' });
  opened.push({ sql, database });
  let came = 0;
  const made = await bringIn(planWorld({ seed, people: 50, messages: 3000 }), {
    sql,
    application: '1',
    password,
    end,
    groupSize,
    came: (messages) => (came += messages),
  });
  expect([made.messages, came]).toEqual([3000, 3000]);
  return sql;
}

/** All that was said, by whom, where, in which order, and how long before the end. */
async function content(sql: Pool, end: number): Promise<string> {
  const rows = await sql`
    select c.kind, co.slug, c.name, c.topic, c.tags, c.visibility, m.number, m.version, p.handle, m.body, m.reply_to, m.reactions,
      extract(epoch from m.created_at) * 1000 - ${end} as written, extract(epoch from m.edited_at) * 1000 - ${end} as edited, m.deleted_at is null as there,
      (select json_agg(json_build_array(r.emoji, rp.handle) order by r.created_at, rp.handle) from reactions r join people rp on rp.id = r.person
        where r.channel = m.channel and r.number = m.number) as reacted,
      (select json_agg(body order by version) from revisions r where r.channel = m.channel and r.number = m.number) as before
    from channels c left join communities co on co.id = c.community left join messages m on m.channel = c.id left join people p on p.id = m.author
    order by c.id, m.number`;
  const members = await sql`
    select co.slug, co.name, p.handle, p.name, p.about, p.interests, m.role, extract(epoch from m.joined_at) * 1000 - ${end} as joined
    from communities co join community_members m on m.community = co.id join people p on p.id = m.person order by co.id, p.id`;
  return createHash('sha256')
    .update(JSON.stringify([rows, members]))
    .digest('hex');
}

const end = Date.UTC(2026, 6, 1);

describe('a seeded world', () => {
  it('is the same for the same seed number, whenever it is made', async () => {
    const [one, again, other] = [await seeded(1, end), await seeded(1, end + 86_400_000), await seeded(2, end)];
    const hash = await content(one, end);
    expect(await content(again, end + 86_400_000)).toBe(hash);
    expect(await content(other, end)).not.toBe(hash);
  });

  it('[L1] [L2] [L11] keeps the rules of the log, and the check would see it if not', async () => {
    const sql = await seeded(5, end);
    const { channels, messages, broken } = await checkLogs(sql);
    expect(messages).toBe(3000);
    expect(channels).toBeGreaterThan(50);
    expect(Object.values(broken).every((times) => times === 0)).toBe(true);

    const [{ channel } = { channel: '0' }] = await sql<
      { channel: string }[]
    >`select channel from channel_heads join channels c on c.id = channel where number > 5 and kind = 'discussion' limit 1`;
    await sql`delete from messages where channel = ${channel} and number = 3`;
    expect((await checkLogs(sql)).broken['numbers run from 1 without a gap (L1)']).toBe(1);
    await sql`update channel_heads set number = number + 1, version = version + 1 where channel = ${channel}`;
    await sql`update channels set comments = 0 where id = ${channel}`;
    await sql`update read_positions set number = 100000 where (person, channel) = (select person, channel from read_positions limit 1)`;
    await sql`delete from reactions where (channel, number) = (select channel, number from reactions where channel <> ${channel} limit 1)`;
    const after = (await checkLogs(sql)).broken;
    for (const rule of [
      'heads name the last number (L1)',
      'heads name the last version (L2)',
      'nobody has read what was not written (L11)',
    ])
      expect(after[rule]).toBe(1);
    expect(after['discussions know their comments and how popular they are']).toBeGreaterThan(0);
    expect(after['reactions are counted as they were given']).toBeGreaterThan(0);
  });

  it('is the same in small groups, where long conversations come in parts', async () => {
    const sql = await seeded(5, end, 40);
    const [longest] = await sql<{ version: number }[]>`select max(version) as version from channel_heads`;
    expect(longest?.version).toBeGreaterThan(2 * 40);
    expect(await content(sql, end)).toBe(await content(await seeded(5, end), end));
  });

  it('has pictures and statuses for some of its people', async () => {
    const sql = await seeded(6, end);
    const shown = await sql<{ avatar: string; hash: string; image: Buffer }[]>`
      select p.avatar, a.hash, a.image from people p join avatars a on a.person = p.id`;
    expect(shown.length).toBeGreaterThan(5);
    for (const { avatar, hash, image } of shown) {
      expect(avatar).toBe(`/avatars/${hash}`);
      expect(image.toString('latin1', 8, 12)).toBe('WEBP');
    }
    const [none] = await sql`select count(*)::int as count from people where avatar is null and status_text = ''`;
    expect(none?.['count']).toBeGreaterThan(0);
  });

  it('has people who can sign in, and edits with what was there before', async () => {
    const sql = await seeded(6, end);
    const [account] = await sql<{ email: string; password_hash: string; handle: string }[]>`
      select email, password_hash, handle from accounts a join people p on p.account = a.id limit 1`;
    expect(account?.email).toBe(`${account?.handle}@example.com`);
    expect(await verify(account?.password_hash ?? '', password)).toBe(true);
    const [edited] = await sql`
      select count(*)::int as count from messages m join revisions r using (channel, number) where m.edited_at > m.created_at and r.body <> m.body and r.written_at = m.created_at`;
    expect(edited?.['count']).toBeGreaterThan(10);
  });
});
