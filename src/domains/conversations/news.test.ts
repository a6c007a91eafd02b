import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Id } from '../../../contracts/nouns.ts';
import { connect } from '../../engines/postgres/index.ts';
import { guest, type Who } from '../policy/index.ts';
import { later, testCommunity, testGround, testPerson } from '../testing.ts';
import { createConversations } from './create.ts';

const ground = await testGround();
const { sql, conversations } = ground;
const ana = await testPerson(sql, 'ana');
const ben = await testPerson(sql, 'ben');
const rust = await testCommunity(sql, [{ who: ana, role: 'owner' }]);
const secret = await testCommunity(sql, [{ who: ana, role: 'owner' }], 'private');
const garden = await testCommunity(sql, [{ who: ben, role: 'owner' }]);

async function start(who: Who, community: Id, title: string, tags: string[] = []): Promise<Id> {
  return (await conversations.createDiscussion(who, { community, title, body: 'Well?', tags })).channel.id;
}
async function titles(who: Who, page = {}): Promise<(string | null)[]> {
  return (await conversations.news(who, page)).items.map(({ node }) => node.channel.name);
}

describe('news', () => {
  test('are the latest discussions of all communities that one is in, those with the newest message first', async () => {
    const first = await start(ana, rust, 'traits');
    await start(ana, secret, 'plans');
    await start(ben, garden, 'tomatoes');
    await start(ana, rust, 'lifetimes');
    expect(await titles(ana)).toEqual(['lifetimes', 'plans', 'traits']);
    await later();
    await conversations.post(ana, { channel: first, body: 'still' });
    expect(await titles(ana)).toEqual(['traits', 'lifetimes', 'plans']);
    expect(await titles(ben)).toEqual(['tomatoes']);
  });

  test('are to a guest those of the public communities, and nothing of another application', async () => {
    expect(await titles(guest('::1'))).toEqual(['traits', 'lifetimes', 'tomatoes']);
    expect(await titles(guest('::1', '2'))).toEqual([]);
    expect(await titles(await testPerson(sql, 'idle'))).toEqual([]);
  });

  test('leave out what is hidden from the caller, and the pages still lead on', async () => {
    await sql`insert into community_members (community, person) values (${garden}, ${ana.person.id})`;
    for (let i = 0; i < 4; i++) {
      const hidden = await start(ben, garden, `hidden ${i}`);
      await conversations.change(ben, { channel: hidden, visibility: 'private' });
    }
    const whole = await titles(ana);
    expect(whole).toEqual(['traits', 'lifetimes', 'tomatoes', 'plans']);
    const found: (string | null)[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await conversations.news(ana, { first: 1, after });
      found.push(...page.items.map(({ node }) => node.channel.name));
      after = page.items.at(-1)?.cursor;
      more = page.hasNext;
    }
    expect(found).toEqual(whole);
    expect(await titles(ben)).toEqual(['hidden 3', 'hidden 2', 'hidden 1', 'hidden 0', 'tomatoes']);
    await expect(titles(ana, { after: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_input', details: { field: 'after' } });
  });

  test('[L9] end with the membership', async () => {
    await sql`delete from community_members where community = ${garden} and person = ${ana.person.id}`;
    expect(await titles(ana)).toEqual(['traits', 'lifetimes', 'plans']);
  });
});

describe('tags of discussions', () => {
  test('are the most used first, of what one may read', async () => {
    const shop = await testCommunity(sql, [{ who: ana, role: 'owner' }], 'private');
    await start(ana, shop, 'a', ['wood', 'glue']);
    await start(ana, shop, 'b', ['wood']);
    await conversations.change(ana, { channel: await start(ana, shop, 'c', ['hush']), visibility: 'private' });
    const [tags, none, unknown] = await conversations.discussionTags(ana, [shop, garden, 'x']);
    expect([tags, none, unknown]).toEqual([['wood', 'glue'], [], []]);
    expect(await conversations.discussionTags(ben, [shop])).toEqual([[]]);
    expect(await conversations.discussionTags(guest('::1'), [shop])).toEqual([[]]);
    const open = await testCommunity(sql, [{ who: ana, role: 'owner' }]);
    await start(ana, open, 'd', ['paint']);
    expect(await conversations.discussionTags(guest('::1'), [open])).toEqual([['paint']]);
    await sql`insert into community_bans (community, person, banned_by) values (${open}, ${ben.person.id}, ${ana.person.id})`;
    expect(await conversations.discussionTags(ben, [open])).toEqual([[]]);
  });
});

describe('with many communities and discussions', () => {
  const caught: { query: string; parameters: unknown[] }[] = [];
  const watched = connect(ground.url, {
    max: 1,
    name: 'watched',
    watch: (query, parameters) => caught.push({ query, parameters: [...parameters] }),
  });
  const verbs = createConversations({ ...ground, sql: watched, reads: watched });
  let busy = '0';

  beforeAll(async () => {
    await sql`
      insert into communities (application, slug, name, visibility) select 1, 'many' || i, 'Many', 'public' from generate_series(1, 400) i`;
    await sql`insert into community_members (community, person) select id, ${ana.person.id} from communities where slug like 'many%'`;
    const [row] = await sql<{ id: Id }[]>`select id from communities where slug = 'many1'`;
    busy = row?.id ?? '0';
    await sql`
      insert into channels (application, community, kind, visibility, name, active_at, tags)
      select 1, c.id, 'discussion', 'public', 'd', now() - i * interval '1 minute', array['t' || i % 50]
      from communities c, generate_series(1, case when c.id = ${busy} then 8000 else 20 end) i where c.slug like 'many%'`;
    await sql`analyze`;
  });
  afterAll(() => watched.end());

  test.each<[string, () => Promise<unknown>]>([
    ['news of a member', () => verbs.news(ana, {})],
    ['later news', async () => verbs.news(ana, { after: (await verbs.news(ana, { first: 30 })).items.at(-1)?.cursor })],
    ['news of a guest', () => verbs.news(guest('::1'), {})],
    ['the tags of a large community', () => verbs.discussionTags(ana, [busy])],
  ])('%s are read along the index of the latest', async (_name, verb) => {
    caught.length = 0;
    await verb();
    const { query, parameters } = caught.findLast((one) => one.query.includes('active_at desc')) ?? { query: '', parameters: [] };
    const rows = await sql.unsafe(`explain ${query}`, parameters as never[]);
    const plan = rows.map((row) => String(Object.values(row)[0])).join('\n');
    expect(plan).toContain('discussions_latest');
    expect(plan).not.toMatch(/Seq Scan on channels/);
  });
});
