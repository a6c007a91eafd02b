import type { PlazaEvent } from '../../../contracts/events.ts';
import type { ApplicationRole, Id } from '../../../contracts/nouns.ts';
import { eventsOf } from '../../engines/feed/message.ts';
import { connect, connectReads, type Pool } from '../../engines/postgres/index.ts';
import { freshDatabase } from '../../engines/postgres/testing.ts';
import { type Conversations, createConversations, createLog, type Log } from '../conversations/index.ts';
import { createPeople } from '../people/index.ts';
import { createPolicy, defaultApplication, type Policy, type Who } from '../policy/index.ts';
import { type Communities, createCommunities } from './index.ts';

/** A database with the communities' domain on it, for tests. */
export interface Town {
  sql: Pool;
  reads: Pool;
  policy: Policy;
  communities: Communities;
  conversations: Conversations;
  log: Log;
  someone(handle: string, role?: ApplicationRole, application?: Id): Promise<Who>;
  otherApplication(): Promise<Id>;
  /** What was emitted since the last call, in commit order. */
  heard(): Promise<{ to: string; event: PlazaEvent }[]>;
  end(): Promise<void>;
}

export async function createTown(settings: { communitiesBy?: 'members' | 'admins' } = {}): Promise<Town> {
  const database = await freshDatabase();
  const sql = connect(database.url, { max: 10, name: 'communities-test' });
  const slot = `t${Math.random().toString(36).slice(2)}`;
  await sql`select pg_create_logical_replication_slot(${slot}, 'pgoutput')`;
  const reads = connectReads(database.url);
  const policy = createPolicy({ sql: reads, communitiesBy: settings.communitiesBy ?? 'members' });
  const log = createLog({ sql, lanes: 1, logger: { warn() {}, error() {} } });
  const conversations = createConversations({ sql, reads, policy, log });
  const communities = createCommunities({ sql, reads, policy, conversations, people: createPeople({ sql, policy }) });

  return {
    sql,
    reads,
    policy,
    communities,
    conversations,
    log,

    async someone(handle, role = 'member', application = defaultApplication) {
      const [row] = await sql<
        { id: Id }[]
      >`insert into people (application, handle, name) values (${application}, ${handle}, ${handle}) returning id`;
      if (!row) throw new Error('no person was made');
      return {
        application,
        role,
        person: { id: row.id, handle, name: handle, bot: false, avatar: null },
        account: null,
        device: null,
        scopes: [],
        address: '::1',
      };
    },

    async otherApplication() {
      const [row] = await sql<{ id: Id }[]>`insert into applications (name) values ('Other') returning id`;
      if (!row) throw new Error('no application was made');
      return row.id;
    },

    async heard() {
      const rows = await sql<{ data: Buffer }[]>`
        select data from pg_logical_slot_get_binary_changes(${slot}, null, null, 'proto_version', '1', 'publication_names', 'plaza_feed', 'messages', 'true')`;
      return rows.flatMap(({ data }) => {
        if (data.toString('latin1', 0, 1) !== 'M') return [];
        return eventsOf(data, 0).map(({ topic, bytes }) => ({
          to: topic.kind === 'person' ? `person ${topic.person}` : topic.kind,
          event: JSON.parse(bytes.toString()) as PlazaEvent,
        }));
      });
    },

    async end() {
      await sql`select pg_drop_replication_slot(${slot})`;
      await Promise.all([sql.end(), reads.end()]);
      await database.drop();
    },
  };
}

/** The id of the person who speaks. */
export function idOf(who: Who): Id {
  if (!who.person) throw new Error('a guest has no id');
  return who.person.id;
}
