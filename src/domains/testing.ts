import { afterAll } from 'vitest';
import type { ApplicationRole, CommunityRole, Id, Visibility } from '../../contracts/nouns.ts';
import { connect, connectReads, type Pool } from '../engines/postgres/index.ts';
import { freshDatabase } from '../engines/postgres/testing.ts';
import { createBookmarks } from './bookmarks/index.ts';
import { createConversations, createLog } from './conversations/index.ts';
import { createDrafts } from './drafts/index.ts';
import { createPolicy, type Who } from './policy/index.ts';
import { createReactions } from './reactions/index.ts';

/** The conversation domains on a database of their own, for the tests of one file. */
export async function testGround() {
  const database = await freshDatabase();
  const sql = connect(database.url, { max: 8, name: 'test' });
  const reads = connectReads(database.url);
  const policy = createPolicy({ sql: reads, communitiesBy: 'members' });
  const log = createLog({ sql, lanes: 2, logger: { warn() {}, error() {} } });
  const deps = { sql, reads, log, policy };
  afterAll(async () => {
    await log.drain();
    await Promise.all([sql.end(), reads.end()]);
    await database.drop();
  });
  const conversations = createConversations(deps);
  return {
    ...deps,
    url: database.url,
    conversations,
    reactions: createReactions(deps),
    bookmarks: createBookmarks({ ...deps, conversations }),
    drafts: createDrafts(deps),
  };
}

/** A person written straight into the tables, with what `authenticate` would answer for it. */
export async function testPerson(
  sql: Pool,
  handle: string,
  role: ApplicationRole = 'member',
  application: Id = '1',
): Promise<Who & { person: { id: Id } }> {
  const [row] = await sql<
    { id: Id }[]
  >`insert into people (application, handle, name) values (${application}, ${handle}, ${handle}) returning id`;
  if (!row) throw new Error('no person');
  const person = { id: row.id, handle, name: handle, bot: false, avatar: null };
  return { application, role, person, account: null, device: null, scopes: [], address: '127.0.0.1' };
}

/** A community written straight into the tables. */
export async function testCommunity(
  sql: Pool,
  members: readonly { who: Who; role: CommunityRole }[],
  visibility: Visibility = 'public',
  application: Id = '1',
): Promise<Id> {
  const [row] = await sql<{ id: Id }[]>`
    insert into communities (application, slug, name, visibility) values (${application}, 's' || nextval('ids'), 'Test', ${visibility}) returning id`;
  if (!row) throw new Error('no community');
  for (const { who, role } of members) {
    await sql`insert into community_members (community, person, role) values (${row.id}, ${who.person?.id ?? '0'}, ${role})`;
  }
  return row.id;
}

/** What is done after this is later: lists are in order of whole milliseconds, and of ids within one. */
export async function later(): Promise<void> {
  const now = Date.now();
  while (Date.now() === now) await new Promise((resolve) => setTimeout(resolve, 1));
}
