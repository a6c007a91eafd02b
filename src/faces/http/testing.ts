import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccounts } from '../../domains/accounts/index.ts';
import { createApplications } from '../../domains/applications/index.ts';
import { createBookmarks } from '../../domains/bookmarks/index.ts';
import { createCommunities } from '../../domains/communities/index.ts';
import { createConversations, createLog } from '../../domains/conversations/index.ts';
import type { Doors } from '../../domains/doors.ts';
import { createDrafts } from '../../domains/drafts/index.ts';
import { createModeration } from '../../domains/moderation/index.ts';
import { createPeople } from '../../domains/people/index.ts';
import { createPolicy } from '../../domains/policy/index.ts';
import { createReactions } from '../../domains/reactions/index.ts';
import { slots } from '../../engines/feed/index.ts';
import { createMail } from '../../engines/mail/index.ts';
import { connect, connectReads, type Pool } from '../../engines/postgres/index.ts';
import { markInstallation } from '../../engines/postgres/installation.ts';
import { freshDatabase } from '../../engines/postgres/testing.ts';
import { createLogger, type Logger } from '../../kit/log.ts';
import { createMetrics } from '../../kit/metrics.ts';
import { createServer, type Server, type ServerOptions } from '../server.ts';

type Json = Record<string, unknown>;

export interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  /** Parsed, or {} where there is no JSON. Its shape is held to the OpenAPI document, not to a type. */
  body: ReturnType<typeof JSON.parse>;
  text: string;
}

export interface Ask {
  token?: string | undefined;
  headers?: Record<string, string>;
  /** As JSON; a string goes as it is. */
  body?: unknown;
  address?: string;
}

/** The real server on the real domains and a database of its own, without network. */
export interface TestServer {
  server: Server;
  doors: Doors;
  sql: Pool;
  reads: Pool;
  /** What was logged, one object a line. */
  lines: Json[];
  feed: { live: boolean; lagBytes: number };
  ask(method: string, path: string, more?: Ask): Promise<Answer>;
  /** Signs up; answers the access token and the person's id. */
  someone(name: string): Promise<{ token: string; id: string; refresh: string; email: string }>;
  admin(): Promise<{ token: string; id: string }>;
  end(): Promise<void>;
}

type Ground = Pick<ServerOptions, 'doors' | 'metrics'> & { sql: Pool; url: string; logger: Logger };

const generous = { perSecond: 1e6, burst: 1e6 };

/**
 * @param more what shall be otherwise, perhaps made of what there is
 * @param shared the address of another one's database, which that one drops
 */
export async function createTestServer(
  more: Partial<ServerOptions> | ((ground: Ground) => Partial<ServerOptions>) = {},
  shared?: string,
): Promise<TestServer> {
  const database = shared === undefined ? await freshDatabase() : { url: shared, drop: async () => {} };
  const sql = connect(database.url, { max: 10, name: 'rest-test' });
  const reads = connectReads(database.url);
  await markInstallation(sql);
  const mailFolder = await mkdtemp(join(tmpdir(), 'plaza-rest-'));
  const lines: Json[] = [];
  const logger = createLogger({ level: 'debug', format: 'json', to: { write: (line) => lines.push(JSON.parse(line)) } });
  const policy = createPolicy({ sql: reads, communitiesBy: 'members' });
  const log = createLog({ sql, lanes: 2, logger });
  const people = createPeople({ sql, policy });
  const conversations = createConversations({ sql, reads, log, policy });
  const communities = createCommunities({ sql, reads, policy, conversations, people });
  const applications = createApplications({ sql, policy, people, log: logger });
  const mail = createMail({ smtpUrl: null, folder: mailFolder, from: 'Plaza <plaza@localhost>' });
  const secret = 'a secret of forty characters for testing';
  const settings = { secret, publicUrl: 'http://plaza.test', accessTokenMinutes: 15, refreshDays: 30, signUp: 'open' as const };
  const accounts = createAccounts({ sql, policy, people, communities, applications, mail, log: logger, settings });
  const doors = {
    accounts,
    people,
    communities,
    conversations,
    reactions: createReactions({ sql, log, policy }),
    bookmarks: createBookmarks({ sql, reads, policy, conversations }),
    drafts: createDrafts({ sql, policy }),
    moderation: createModeration({ sql, policy }),
    applications,
  };
  // No feed runs here, so nothing may be remembered.
  for (const door of [policy, people, accounts]) door.remember(false);
  const feed = { live: true, lagBytes: 0 };
  const idle = { upgrade: () => {} };
  const metrics = createMetrics({ process: false });
  const server = await createServer({
    doors,
    socket: { ...idle, routes: () => {} },
    graphql: { ...idle, mount: () => {} },
    feed: { state: () => feed },
    slots: () => slots(sql),
    readers: { tally: { state: () => ({ status: 'running', lagBytes: 7, buried: 0 }) } },
    sql,
    logger,
    metrics,
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://plaza.test',
    trustProxy: false,
    rates: { anonymous: generous, person: generous, application: generous },
    allowedOrigins: [],
    page: null,
    secret,
    ...(typeof more === 'function' ? more({ doors, sql, url: database.url, logger, metrics }) : more),
  });

  async function ask(method: string, path: string, { token, headers = {}, body, address = '192.0.2.1' }: Ask = {}): Promise<Answer> {
    const answer = await server.app.inject({
      method: method as 'GET',
      url: path,
      remoteAddress: address,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    });
    const isJson = String(answer.headers['content-type'] ?? '').includes('json') && answer.body !== '';
    return {
      status: answer.statusCode,
      headers: answer.headers as Answer['headers'],
      body: isJson ? answer.json() : {},
      text: answer.body,
    };
  }

  let count = 0;
  async function someone(name: string) {
    const email = `${name.toLowerCase()}${++count}@example.org`;
    const { status, body, text } = await ask('POST', '/v1/sign-up', { body: { name, email, password: 'a long pass phrase' } });
    if (status !== 201) throw new Error(text);
    return { token: body['tokens'].access, id: body['person'].id, refresh: body['tokens'].refresh, email };
  }

  return {
    server,
    doors,
    sql,
    reads,
    lines,
    feed,
    ask,
    someone,
    async admin() {
      const boss = await someone('Boss');
      const code = await doors.accounts.firstAdminCode();
      const { status, text } = await ask('POST', '/v1/first-admin', { token: boss.token, body: { code } });
      if (status !== 200) throw new Error(text);
      return boss;
    },
    async end() {
      await server.drain();
      await log.drain();
      await Promise.all([sql.end(), reads.end()]);
      await database.drop();
      await rm(mailFolder, { recursive: true, force: true });
    },
  };
}
