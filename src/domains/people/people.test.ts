import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admin, type Installation, installation, refusal, someone } from '../accounts/testing.ts';
import { guest, type Who } from '../policy/index.ts';
import { handlesFor } from './handle.ts';
import { byAge, byName } from './search.ts';

let plaza: Installation;
let ana: Who;
beforeAll(async () => {
  plaza = await installation();
  ({ who: ana } = await someone(plaza, { name: 'Ana Souza' }));
});
afterAll(() => plaza.end());

const invalid = (field: string) => refusal('invalid_input', { field });

test.each([
  ['Ana María López', 'ana-maria-lopez'],
  ['  Øyvind Łukasz-Þór  ', 'oyvind-lukasz-thor'],
  ['Straße 12', 'strasse-12'],
  ['ﬁne ① name', 'fine-1-name'],
])('a handle is made of the name: %s → %s', (name, handle) => {
  expect(handlesFor(name).next().value).toBe(handle);
});

test.each(['李白', 'Иван', '!!', '42', 'admin', 'x'.repeat(80)])('also where the name has nothing to go by: %s', (name) => {
  for (const handle of handlesFor(name).take(20)) {
    expect(handle).toMatch(/^[a-z0-9][a-z0-9_.-]{0,28}[a-z0-9]$/);
    expect(handle).not.toBe('admin');
  }
});

describe('profile', () => {
  test('is changed by its owner and seen by all', async () => {
    const { who, signedIn } = await someone(plaza, { name: 'Bo' });
    const changed = await plaza.people.update(who, {
      name: 'Bo  Çelik',
      handle: '@Bo.Celik',
      about: ' I paint.\r\nAnd more. ',
      interests: ['painting', 'tea', 'painting'],
    });
    expect(changed).toMatchObject({
      id: signedIn.person.id,
      name: 'Bo Çelik',
      handle: 'bo.celik',
      about: expect.stringMatching(/I paint\.\nAnd more\./) as string,
      interests: ['painting', 'tea'],
    });
    expect(await plaza.people.profile(ana, { handle: '@BO.celik' })).toEqual(changed);
    expect(await plaza.people.profile(guest(''), { id: changed.id })).toEqual(changed);
    expect(await plaza.people.profiles(ana, [changed.id])).toEqual([changed]);
    await expect
      .poll(() => plaza.events)
      .toContainEqual({
        to: `person ${changed.id}`,
        event: { type: 'profile', person: { id: changed.id, handle: 'bo.celik', name: 'Bo Çelik', bot: false, avatar: null } },
      });
    expect(await plaza.people.update(who, { interests: [], avatar: null, about: '' })).toMatchObject({
      interests: [],
      avatar: null,
      about: '',
    });
  });

  test('a status has an emoji, a text or both, and ends by itself', async () => {
    const { who } = await someone(plaza, { name: 'Cy' });
    const id = who.person?.id ?? '';
    const seen = async () => (await plaza.people.profiles(ana, [id]))[0]?.status;
    expect(await seen()).toBe(null);
    await plaza.people.update(who, { status: { emoji: '🌴', text: ' On  holiday ' } });
    expect(await seen()).toEqual({ emoji: '🌴', text: 'On holiday', until: null });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect((await plaza.people.update(who, { status: { text: 'Back soon', until } })).status).toEqual({
      emoji: '',
      text: 'Back soon',
      until,
    });
    expect((await plaza.people.update(who, { about: 'Hi' })).status, 'what is left out stays').toMatchObject({ until });
    expect(await seen()).toMatchObject({ until });
    await plaza.sql`update people set status_until = now() - interval '1 second' where id = ${id}`;
    expect((await plaza.people.profile(ana, { id })).status, 'one that has ended is none').toBe(null);
    await plaza.people.update(who, { status: { emoji: '🌴' } });
    expect((await plaza.people.update(who, { status: null })).status).toBe(null);
    await plaza.people.update(who, { status: { emoji: '🌴' } });
    expect((await plaza.people.update(who, { status: { text: ' ', emoji: '' } })).status).toBe(null);
  });

  test('a change is seen in every process', async () => {
    const other = await plaza.another();
    const { who } = await someone(plaza, { name: 'Former' });
    const id = who.person?.id ?? '';
    const name = async () => (await other.people.profiles(ana, [id]))[0]?.name;
    expect(await name()).toBe('Former');
    await plaza.people.update(who, { name: 'Present' });
    expect((await plaza.people.profiles(ana, [id]))[0]?.name).toBe('Present');
    await expect.poll(name, { timeout: 10_000 }).toBe('Present');
  });

  test.each([
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(81) }],
    ['name', { name: 'Ana\u202e' }],
    ['handle', { handle: 'x' }],
    ['handle', { handle: '-ana' }],
    ['handle', { handle: 'ana.' }],
    ['handle', { handle: 'everyone' }],
    ['handle', { handle: 'x'.repeat(31) }],
    ['about', { about: 'x'.repeat(2001) }],
    ['about', { about: 'a\u0000' }],
    ['interests', { interests: Array.from({ length: 21 }, (_, n) => `${n}`) }],
    ['interests', { interests: [''] }],
    ['avatar', { avatar: 'https://example.org/a.png' }],
    ['avatar', { avatar: '/avatars/elsewhere' }],
    ['status', { status: { text: 'x'.repeat(81) } }],
    ['status', { status: { emoji: 'x' } }],
    ['status', { status: { emoji: '🌴🌴' } }],
    ['status', { status: { text: 'Away', until: '2001-01-01T00:00:00.000Z' } }],
    ['status', { status: { text: 'Away', until: 'tomorrow' } }],
  ])('refused: %s of %j', async (field, change) => {
    await expect(plaza.people.update(ana, change)).rejects.toEqual(invalid(field));
  });

  test('nothing to change is refused, and guests have no profile', async () => {
    await expect(plaza.people.update(ana, {})).rejects.toEqual(refusal('invalid_input'));
    await expect(plaza.people.update(guest(''), { name: 'x' })).rejects.toEqual(refusal('unauthenticated'));
  });

  test('of many who take one handle at once exactly one gets it', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => someone(plaza)));
    const outcomes = await Promise.allSettled(
      people.map(({ who }, n) => plaza.people.update(who, { handle: n % 2 ? 'Wanted' : 'wanted' })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toEqual(refusal('taken', { field: 'handle' }));
  });

  test.each([{}, { id: '1', handle: 'ana' }])('either an id or a handle: %j', async (input) => {
    await expect(plaza.people.profile(ana, input)).rejects.toEqual(refusal('invalid_input'));
  });

  test.each([{ id: '0' }, { id: 'x' }, { id: '77' }, { handle: 'nobody-at-all' }, { handle: '\u0000' }, { handle: 'a%' }])(
    'nobody: %j',
    async (input) => {
      await expect(plaza.people.profile(ana, input)).rejects.toEqual(refusal('not_found'));
    },
  );

  test('many come in one query, in the order asked, null where there is none', async () => {
    const [bo, ci] = [await someone(plaza), await someone(plaza)];
    const ids = [ci.signedIn.person.id, '5', 'x', bo.signedIn.person.id, ci.signedIn.person.id];
    expect((await plaza.people.profiles(ana, ids)).map((person) => person?.id)).toEqual([ids[0], undefined, undefined, ids[3], ids[0]]);
    await expect(plaza.people.profiles(ana, Array<string>(1001).fill('1'))).rejects.toEqual(invalid('ids'));
  });
});

test("another application's people are not there", async () => {
  const boss = await admin(plaza);
  const { token } = await plaza.applications.create(boss, { name: 'Zebra Shop' });
  const shop = await plaza.accounts.authenticate(token, '');
  const { who: zed, signedIn } = await someone(plaza, { via: shop, name: 'Zedekiah Theirs' });
  const theirs = signedIn.person;
  await expect(plaza.people.profile(ana, { id: theirs.id })).rejects.toEqual(refusal('not_found'));
  await expect(plaza.people.profile(ana, { handle: theirs.handle })).rejects.toEqual(refusal('not_found'));
  await plaza.people.profiles(zed, [theirs.id]);
  expect(await plaza.people.profiles(ana, [theirs.id]), 'also when it is remembered').toEqual([null]);
  expect((await plaza.people.search(ana, { q: 'Zedekiah' }, {})).items).toEqual([]);
  expect((await plaza.people.search(zed, { q: 'Zedekiah' }, {})).items).toHaveLength(1);
  expect((await plaza.people.search(zed, {}, {})).items.map(({ node }) => node.name)).toEqual(['Zebra Shop', 'Zedekiah Theirs']);
  await plaza.people.update(zed, { handle: ana.person?.handle });
  expect((await plaza.people.update(shop, { about: 'A bot.' })).about).toBe('A bot.');
});

describe('directory', () => {
  let other: Installation;
  let me: Who;
  beforeAll(async () => {
    other = await installation();
    ({ who: me } = await someone(other, { name: 'Me Myself', handle: 'me-myself' }));
    const people: [string, string][] = [
      ['José Ángel', 'jose'],
      ['Maria José', 'mj'],
      ['Anjose Bell', 'ab'],
      ['Josefine', 'fine'],
      ['Ольга Петрова', 'olga'],
      ['王小明', 'xiaoming'],
      ['100% Real_Name', 'real'],
    ];
    for (const [name, handle] of people) await someone(other, { name, handle });
  });
  afterAll(() => other.end());

  const names = async (q: string) => (await other.people.search(me, { q }, {})).items.map(({ node }) => node.name);

  test.each([
    ['JOSE', ['José Ángel', 'Josefine', 'Maria José', 'Anjose Bell']],
    ['josé á', ['José Ángel']],
    ['@olga', ['Ольга Петрова']],
    ['ольга', ['Ольга Петрова']],
    ['ПЕТР', ['Ольга Петрова']],
    ['小明', ['王小明']],
    ['jo', ['José Ángel', 'Josefine', 'Maria José']],
    ['a', ['Anjose Bell', 'José Ángel']],
    ['0%', ['100% Real_Name']],
    ['_', ['100% Real_Name']],
    ['l_n', ['100% Real_Name']],
    ['zzz', []],
    ['\\', []],
  ])('%s finds %j, best first', async (q, expected) => {
    expect(await names(q)).toEqual(expected);
  });

  test('it is paged, with a search and without', async () => {
    for (const q of ['jose', '']) {
      const all = (await other.people.search(me, { q }, { first: 100 })).items.map(({ node }) => node.id);
      const paged: string[] = [];
      let after: string | undefined;
      do {
        const page = await other.people.search(me, { q }, { first: 2, after });
        paged.push(...page.items.map(({ node }) => node.id));
        after = page.hasNext ? page.items.at(-1)?.cursor : undefined;
      } while (after !== undefined);
      expect(paged).toEqual(all);
      expect(paged.length).toBeGreaterThan(3);
    }
  });

  test('a foreign cursor, a long search, a guest are refused', async () => {
    await expect(other.people.search(me, {}, { after: 'x' })).rejects.toEqual(invalid('after'));
    await expect(other.people.search(me, { q: 'x'.repeat(101) }, {})).rejects.toEqual(invalid('q'));
    await expect(other.people.search(me, { q: 'a\u0000' }, {})).rejects.toEqual(invalid('q'));
    await expect(other.people.search(guest(''), {}, {})).rejects.toEqual(refusal('unauthenticated'));
  });

  test('indexes answer it', async () => {
    await other.sql`insert into applications (id, name) select n, n from generate_series(2, 9) as n`;
    await other.sql`
      insert into people (application, handle, name)
      select n % 9 + 1, 'p' || n, 'Person ' || md5(n::text) from generate_series(1, 20000) as n`;
    await other.sql`vacuum analyze people`;
    const plan = async (query: ReturnType<typeof byAge> | ReturnType<typeof byName>) =>
      (await other.sql`explain (costs off) ${query}`).map((row) => row['QUERY PLAN']).join('\n');
    expect(await plan(byName(other.sql, '1', 'abcd', -1, '0', 21))).toContain('people_by_name');
    expect(await plan(byName(other.sql, '1', 'jo', -1, '0', 21))).toContain('people_by_name');
    const inOrder = await plan(byAge(other.sql, '1', '0', 21));
    expect(inOrder).toContain('people_in_order');
    expect(inOrder).not.toContain('Sort');
  });
});
