import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, connectReads } from '../../engines/postgres/index.ts';
import { freshDatabase } from '../../engines/postgres/testing.ts';
import { createPolicy } from '../policy/index.ts';
import { testCommunity, testGround, testPerson } from '../testing.ts';
import { createConversations } from './create.ts';
import { createLog } from './log.ts';

const ground = await testGround();
const { sql } = ground;
const ana = await testPerson(sql, 'ana');
const community = await testCommunity(sql, [{ who: ana, role: 'owner' }]);
const other = await testCommunity(sql, [{ who: ana, role: 'owner' }]);

// The verbs' own statements, caught on their way to the server and then explained with the same parameters.
const caught: { on: 'pool' | 'reads'; query: string; parameters: unknown[] }[] = [];
const catching = (on: 'pool' | 'reads') => ({
  watch: (query: string, parameters: readonly unknown[]) => void caught.push({ on, query, parameters: [...parameters] }),
});
const watched = connect(ground.url, { max: 1, name: 'watched', ...catching('pool') });
const reads = connectReads(ground.url, catching('reads'));
const conversations = createConversations({ ...ground, sql: watched, reads });
let channel = '';

beforeAll(async () => {
  // Enough that reading all of a table would be the wrong plan.
  const [row] = await sql<{ id: string }[]>`
    with made as (
      insert into channels (application, community, kind, visibility, name, active_at, tags, comments, popularity, chat_number)
      select 1, case when i % 2 = 0 then ${community}::bigint else ${other}::bigint end, 'discussion', 'public', 'd' || i, now() - i * interval '1 minute',
        case when i % 500 = 0 then '{rare}' else '{}' end::text[], case when i % 100 = 0 then 0 else 5 end, i % 37, i
      from generate_series(1, 6000) i returning id
    ), heads as (insert into channel_heads (channel, number, version) select id, 20, 20 from made)
    select min(id) as id from made`;
  channel = row?.id ?? '';
  await sql`
    insert into messages (channel, number, version, author, key, body, created_at, words)
    select c.id, i, i, ${ana.person.id}, 'k' || i, 'body', now(), to_tsvector('simple', 'word' || i)
    from channels c, generate_series(1, case when c.id = ${channel} then 20000 else 3 end) i`;
  await sql`update messages set pinned_at = now() where number = 2`;
  await sql`update channel_heads set number = 20000, version = 20000 where channel = ${channel}`;
  await sql`insert into read_positions (person, channel, number) select p, ${channel}, 1 from generate_series(1, 5000) p`;
  await sql`
    insert into mentions (person, channel, number)
    select case when c.id = ${channel} and i % 100 = 0 then ${ana.person.id}::bigint else i end, c.id, i
    from channels c, generate_series(1, case when c.id = ${channel} then 20000 else 3 end) i`;
  await sql.begin(async (tx) => {
    // All rows are looked at, so that the plans are the same each time.
    await tx`set local default_statistics_target = 200`;
    await tx`analyze`;
  });
  // A new connection asks for types first.
  await Promise.all([watched, reads].map((one) => one`select 1`));
});
afterAll(() => Promise.all([watched.end(), reads.end()]));

/** The plans of all statements that a verb sends, as its connection makes them. */
async function plansOf(verb: () => Promise<unknown>): Promise<string> {
  caught.length = 0;
  await verb();
  const plans: string[] = [];
  for (const { on, query, parameters } of caught.filter((one) => !/^(begin|commit)|pg_type/.test(one.query))) {
    const rows = await (on === 'reads' ? reads : sql).unsafe(`explain ${query}`, parameters as never[]);
    plans.push(rows.map((row) => String(Object.values(row)[0])).join('\n'));
  }
  return plans.join('\n\n');
}

test.each<[string, () => Promise<unknown>, string]>([
  ['the last page', () => conversations.page(ana, { channel }), 'messages_pkey'],
  ['a page in the middle', () => conversations.page(ana, { channel, around: 10_000 }), 'messages_pkey'],
  ['the first page', () => conversations.page(ana, { channel, after: 0 }), 'messages_pkey'],
  ['[L7] what changed since a version', () => conversations.since(ana, { channel, version: 19_990 }), 'messages_by_change'],
  ['pins', () => conversations.pins(ana, channel, {}), 'messages_pinned'],
  ['words of a chat', () => conversations.search(ana, { channel, q: 'word19999' }, {}), 'messages_by_words'],
  ['who has read', () => conversations.readers(ana, { channel, number: 1 }, {}), 'read_positions_by_channel'],
  ['what somebody has read', () => conversations.markRead(ana, { channel, number: 5 }), 'channel_heads_pkey'],
  ['latest discussions', () => conversations.discussions(ana, { community, sort: 'latest' }, {}), 'discussions_latest'],
  ['popular discussions', () => conversations.discussions(ana, { community, sort: 'popular' }, {}), 'discussions_popular'],
  ['unanswered discussions', () => conversations.discussions(ana, { community, sort: 'unanswered' }, {}), 'discussions_unanswered'],
  ['discussions by tag', () => conversations.discussions(ana, { community, sort: 'latest', tag: 'rare' }, {}), 'discussions_by_tag'],
  ['single messages', () => conversations.messages(ana, [{ channel, number: 5 }]), 'messages_pkey'],
  ['how many unread messages call me', () => conversations.unreadMentions(ana, [channel]), 'mentions_pkey'],
  [
    'latest discussions of many communities',
    () => conversations.discussionsOf(ana, [community, other], 'latest', 10),
    'discussions_latest',
  ],
  [
    'popular discussions of many communities',
    () => conversations.discussionsOf(ana, [community, other], 'popular', 10),
    'discussions_popular',
  ],
  [
    'unanswered discussions of many communities',
    () => conversations.discussionsOf(ana, [community, other], 'unanswered', 10),
    'discussions_unanswered',
  ],
  ['messages of many channels', () => conversations.messagesOf(ana, [channel], 0, 10), 'messages_pkey'],
])('%s: along an index, never through all messages', async (_, verb, index) => {
  const plans = await plansOf(verb);
  expect(plans).toContain(index);
  expect(plans).not.toMatch(/Seq Scan on (messages|channels|channel_heads|read_positions|mentions)/);
});

test('[L11] my channels come with what calls me in each, by one look into an index', async () => {
  const plans = await plansOf(() => conversations.mine(ana));
  expect(caught).toHaveLength(1);
  expect(plans).toMatch(/Index (Only )?Scan using mentions_pkey/);
});

test('a message without an @ is posted without a look for whom it calls', async () => {
  const { id } = await conversations.createChannel(ana, { community, name: 'chat' });
  const statements = async (body: string) => {
    caught.length = 0;
    await conversations.post(ana, { channel: id, body });
    return caught.length;
  };
  const plain = await statements('hello');
  expect(await statements('hello @nobody')).toBe(plain + 1);
  expect(await statements('hello `@nobody`')).toBe(plain);
});

test('a page, and a sync, cost the same number of statements at any depth', async () => {
  const counts: number[] = [];
  for (const place of [{}, { before: 19_000 }, { around: 10 }, { after: 0 }]) {
    caught.length = 0;
    await conversations.page(ana, { channel, limit: 10, ...place });
    counts.push(caught.length);
  }
  expect(counts).toEqual([2, 2, 2, 2]);
  caught.length = 0;
  await conversations.since(ana, { channel, version: 0, limit: 100 });
  expect(caught.length).toBe(1);
});

test('[L9] who may read a page is asked right after the page, without a wait in between', async () => {
  await conversations.page(ana, { channel });
  caught.length = 0;
  const page = conversations.page(ana, { channel });
  // What was sent in this turn goes out after it.
  await new Promise((resolve) => setImmediate(resolve));
  expect(caught.map(({ query }) => /from messages|community_bans/.exec(query)?.[0])).toEqual(['from messages', 'community_bans']);
  await page;
});

test('[L4] the group looks keys up one by one, along their index', async () => {
  const { loadKeys } = await import('./groupLoad.ts');
  const changes = [{ channel, by: ana.person, key: 'k5', plan: () => null }];
  const plans = await plansOf(() => watched.begin((tx) => loadKeys(tx, changes)));
  expect(plans).toContain('messages_by_key');
});

test('the log and what is read most find all by indexes, planned once, on tables that nothing is known of', async () => {
  const empty = await freshDatabase();
  const sent: { query: string; parameters: unknown[] }[] = [];
  const log = connect(empty.url, {
    max: 1,
    name: 'plaza-log',
    plannedOnce: true,
    watch: (query, parameters) => sent.push({ query, parameters: [...parameters] }),
  });
  const read: typeof sent = [];
  const reads = connectReads(empty.url, { watch: (query, parameters) => read.push({ query, parameters: [...parameters] }) });
  const over = { ...ground, sql: connect(empty.url, { max: 2, name: 'rest' }), reads };
  try {
    const cleo = await testPerson(over.sql, 'cleo');
    const home = await testCommunity(over.sql, [{ who: cleo, role: 'owner' }]);
    const policy = createPolicy({ sql: reads, communitiesBy: 'members' });
    const verbs = createConversations({ ...over, policy, log: createLog({ sql: log, lanes: 1, logger: { warn() {}, error() {} } }) });
    const {
      channel: { id },
    } = await verbs.createDiscussion(cleo, { community: home, title: 'title', body: 'body' });
    for (const body of ['one', 'two']) await verbs.post(cleo, { channel: id, body, key: body });
    await verbs.edit(cleo, { channel: id, number: 1, body: 'edited' });
    await verbs.page(cleo, { channel: id });
    await verbs.messagesOf(cleo, [id], 0, 10);
    await verbs.messages(cleo, [{ channel: id, number: 1 }]);
    await verbs.discussionsOf(cleo, [home], 'latest', 10);
    await verbs.channel(cleo, id);
    await verbs.heads([id]);
    await verbs.reads(cleo, [id]);
    const ofLog = sent.filter(({ query }) => !/^(begin|commit)|pg_type/.test(query));
    expect(ofLog.some(({ query }) => query.trim().startsWith('with claimed'))).toBe(true);
    const ofReads = read.filter(({ query }) => !query.includes('pg_type'));
    expect(new Set(ofReads.map(({ query }) => query)).size).toBeGreaterThan(6);
    for (const [on, statements] of [
      [log, ofLog],
      [reads, ofReads],
    ] as const)
      for (const { query, parameters } of statements) {
        const rows = await on.unsafe(`explain ${query}`, parameters as never[]);
        const plan = rows.map((row) => String(Object.values(row)[0])).join('\n');
        expect(plan).not.toMatch(/Seq Scan|Hash Join|Merge Join/);
      }
  } finally {
    await Promise.all([log.end(), over.sql.end(), reads.end()]);
    await empty.drop();
  }
});
