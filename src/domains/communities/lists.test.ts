import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page, PageRequest } from '../../kit/page.ts';
import { guest, type Who } from '../policy/index.ts';
import { createTown, idOf, type Town } from './testing.ts';

let town: Town;
let ana: Who;
let ben: Who;

beforeAll(async () => {
  town = await createTown();
  ana = await town.someone('ana');
  ben = await town.someone('ben');
});
afterAll(() => town.end());

async function all<T>(ask: (page: PageRequest) => Promise<Page<T>>, first: number): Promise<T[]> {
  const found: T[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const page = await ask({ first, after });
    found.push(...page.items.map((item) => item.node));
    after = page.items.at(-1)?.cursor;
    more = page.hasNext;
    expect(page.items.length <= first).toBe(true);
  }
  return found;
}
const names = (found: { name: string }[]) => found.map((c) => c.name);

describe('lists of communities', () => {
  beforeAll(async () => {
    for (const [name, tags] of [
      ['Řeka a hory', ['hiking', 'czech']],
      ['Gardening in small places', ['garden']],
      ['Garden birds', ['garden', 'birds']],
      ['The secret garden', ['garden']],
      ['東京ランニング', ['running']],
      ['100% wool_knitting', ['craft']],
    ] as const) {
      await town.communities.create(ana, { name, tags: [...tags], visibility: name === 'The secret garden' ? 'private' : 'public' });
    }
    await town.communities.join(ben, { community: (await town.communities.get(ben, { slug: 'garden-birds' })).id });
  });

  it('are newest first, in pages that together are the whole', async () => {
    const whole = await all((page) => town.communities.list(guest('::1'), {}, page), 2);
    expect(names(whole)).toEqual(['100% wool_knitting', '東京ランニング', 'Garden birds', 'Gardening in small places', 'Řeka a hory']);
  });

  it('show private ones only to those who are in or invited', async () => {
    const secret = await town.communities.get(ana, { slug: 'the-secret-garden' });
    const seen = async (who: Who) => names((await town.communities.list(who, { q: 'secret' }, {})).items.map((i) => i.node));
    expect(await seen(ana)).toEqual(['The secret garden']);
    expect(await seen(ben)).toEqual([]);
    await town.communities.invite(ana, { community: secret.id, person: idOf(ben) });
    expect(await seen(ben)).toEqual(['The secret garden']);
    await town.communities.decline(ben, { community: secret.id });
    expect(await seen(ben)).toEqual([]);
    expect(await seen(await town.someone('mod', 'moderator'))).toEqual(['The secret garden']);
  });

  it.each([
    ['reka', ['Řeka a hory']],
    ['ŘEKA', ['Řeka a hory']],
    ['garden', ['Garden birds', 'Gardening in small places']],
    ['bird', ['Garden birds']],
    ['gardenin smal', ['Gardening in small places']],
    ['東京', ['東京ランニング']],
    ['100%', ['100% wool_knitting']],
    ['l_k', ['100% wool_knitting']],
    ['%', ['100% wool_knitting']],
    ['\\', []],
    ['zebra', []],
  ])('search: %s', async (q, expected) => {
    expect(names(await all((page) => town.communities.list(ben, { q }, page), 1))).toEqual(expected);
  });

  it('by tag, mine, and all together', async () => {
    const ask = async (filter: Parameters<typeof town.communities.list>[1]) =>
      names((await town.communities.list(ben, filter, {})).items.map((i) => i.node));
    expect(await ask({ tag: 'Garden' })).toEqual(['Garden birds', 'Gardening in small places']);
    expect(await ask({ mine: true })).toEqual(['Garden birds']);
    expect(await ask({ tag: 'garden', q: 'small', mine: true })).toEqual([]);
    expect(await ask({ tag: 'GARDEN', q: 'BÍRDS', mine: true })).toEqual(['Garden birds']);
    expect(names((await town.communities.list(guest('::1'), { mine: true }, {})).items.map((i) => i.node))).toEqual([]);
  });

  it('are never stale', async () => {
    const made = await town.communities.create(ana, { name: 'Quilts' });
    const first = async () => names((await town.communities.list(ben, {}, { first: 1 })).items.map((i) => i.node));
    expect(await first()).toEqual(['Quilts']);
    await town.communities.change(ana, { community: made.id, name: 'Patchwork' });
    expect(await first()).toEqual(['Patchwork']);
    await town.communities.change(ana, { community: made.id, visibility: 'private' });
    expect(await first()).not.toEqual(['Patchwork']);
  });

  it('refuse a foreign cursor and sizes out of bounds', async () => {
    for (const page of [{ after: 'nonsense' }, { first: 0 }, { first: 101 }, { after: Buffer.from('["1","2"]').toString('base64url') }]) {
      await expect(town.communities.list(ben, {}, page)).rejects.toMatchObject({ code: 'invalid_input' });
    }
  });

  it('agree with the policy for everybody', async () => {
    const people = [
      ana,
      ben,
      guest('::1'),
      await town.someone('root', 'admin'),
      await town.someone('mo', 'moderator'),
      { ...ana, role: 'application' as const, scopes: ['read' as const] },
    ];
    const ids = (await town.sql<{ id: string }[]>`select id from communities`).map((row) => row.id);
    for (const who of people) {
      const bySql = (await town.communities.byIds(who, ids)).map((c) => c !== null);
      const byPolicy = await Promise.all(
        ids.map((id) =>
          town.policy.toCommunity(who, id).then(
            () => true,
            () => false,
          ),
        ),
      );
      expect(bySql).toEqual(byPolicy);
    }
  });
});

describe('members', () => {
  it('are owners, moderators, members, in pages that together are the whole', async () => {
    const { id: community } = await town.communities.create(ana, { name: 'Many' });
    const others = [];
    for (let i = 0; i < 7; i++) {
      const who = await town.someone(`many${i}`);
      await town.communities.join(who, { community });
      others.push(who);
    }
    const mod = others[5];
    if (!mod) throw new Error('seven people');
    await town.communities.setRole(ana, { community, person: idOf(mod), role: 'moderator' });
    const whole = await all((page) => town.communities.members(ben, { community }, page), 3);
    expect(whole.map((m) => `${m.role} ${m.person.handle}`)).toEqual([
      'owner ana',
      'moderator many5',
      'member many0',
      'member many1',
      'member many2',
      'member many3',
      'member many4',
      'member many6',
    ]);
    expect(await town.communities.memberCounts(ben, [community, '12', community])).toEqual([8, 0, 8]);
  });

  it('are found by part of a name or handle, in the same order, page by page', async () => {
    const { id: community } = await town.communities.create(ana, { name: 'Found' });
    for (const name of ['jürgen', 'jurga', 'otto']) await town.communities.join(await town.someone(name), { community });
    const found = async (q: string) =>
      (await all((page) => town.communities.members(ben, { community, q }, page), 1)).map(({ person }) => person.name);
    expect(await found('JURG')).toEqual(['jürgen', 'jurga']);
    expect(await found('@ot')).toEqual(['otto']);
    expect(await found('%')).toEqual([]);
    expect(await found('ben')).toEqual([]);
  });
});

describe('plans', () => {
  beforeAll(async () => {
    await town.sql`
      insert into communities (application, slug, name, tags, created_at)
      select 1, 'filler-' || n, md5(n::text) || ' ' || md5((n * 7)::text), array['tag' || n % 500], now() from generate_series(1, 20000) n`;
    await town.sql`insert into community_members (community, person) select id, ${idOf(ben)} from communities where slug like 'filler-%7'`;
    await town.sql`analyze communities, community_members`;
  });

  it.each([
    ['newest first', {}, 'Index Scan Backward'],
    ['by part of a name', { q: 'secret' }, 'communities_by_name'],
    ['by tag', { tag: 'tag7' }, 'communities_by_tag'],
  ])('%s reads by its index', async (_name, filter, index) => {
    const indexes = await indexesUsed(() => town.communities.list(ben, filter, {}));
    expect(indexes).toContain(index);
    expect(indexes).not.toContain('Seq Scan on communities');
  });

  it('members read by their index, in its order', async () => {
    const community = await town.communities.create(ana, { name: 'Huge' });
    await town.sql`
      with p as (insert into people (application, handle, name) select 1, 'huge' || n, 'Huge' from generate_series(1, 5000) n returning id)
      insert into community_members (community, person) select ${community.id}, id from p`;
    await town.sql`analyze community_members`;
    const indexes = await indexesUsed(() => town.communities.members(ben, { community: community.id }, {}));
    expect(indexes).toContain('community_members_in_order');
    expect(indexes).not.toContain('Sort');
  });

  /** The plans of what a piece of work asked, by PostgreSQL's own log of them. */
  async function indexesUsed(work: () => Promise<unknown>): Promise<string> {
    const asked: { text: string; parameters: unknown[] }[] = [];
    town.sql.options.debug = (_connection, text, parameters) => void asked.push({ text, parameters });
    try {
      await work();
    } finally {
      town.sql.options.debug = false;
    }
    const plans = [];
    for (const { text, parameters } of asked) {
      if (/^\s*select/.test(text)) plans.push(...(await town.sql.unsafe(`explain ${text}`, parameters as string[])));
    }
    return plans.map((row) => row['QUERY PLAN']).join('\n');
  }
});
