/** The real program, with as many people and channels as a work needs. */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommunityRole, Id, Person } from '../../contracts/nouns.ts';
import { freePort, type Server, startServer } from '../../journeys/support/server.ts';
import { tidyAfter } from '../../journeys/support/tidy.ts';
import { createAccessTokens } from '../../src/domains/accounts/accessTokens.ts';
import { bringInAccounts } from '../../src/domains/accounts/index.ts';
import { createKeys } from '../../src/domains/accounts/keys.ts';
import { createVault } from '../../src/domains/accounts/vault.ts';
import { bringInCommunity } from '../../src/domains/communities/index.ts';
import { type NewChannel, openChannels } from '../../src/domains/conversations/open.ts';
import { connect, type Pool } from '../../src/engines/postgres/index.ts';
import { holderOf } from '../../src/kit/lock.ts';

export interface PlazaOptions {
  /** Servers on one database; the first one brings the PostgreSQL. 1 unless told. */
  processes?: number;
  /** Settings besides those that lift the rate limits. */
  env?: { [name: string]: string };
}

/** A person with a token that lasts a day. */
export interface Member {
  id: Id;
  handle: string;
  token: string;
}

export interface NewChannels {
  count: number;
  /** Public in the community, which every member may read and write; without one, a private group. */
  kind: 'chat' | 'discussion' | 'group';
  community?: Id;
  createdBy: Id;
  /** Who is in channel i: needed for groups. */
  members?(i: number): readonly Id[];
}

export interface PrivateChannel {
  members: readonly Id[];
  community?: Id;
}

/** Writes people and channels into a database, thousands a second. */
export interface Makers {
  /** With devices and tokens. */
  people(count: number): Promise<Member[]>;
  /** A public community of these people, the first its owner. */
  community(members: readonly Id[]): Promise<Id>;
  channels(wanted: NewChannels): Promise<Id[]>;
  /** Groups, or private chats of a community. The first member owns it. */
  privateChannels(wanted: readonly PrivateChannel[]): Promise<Id[]>;
}

export interface Plaza extends Makers {
  /** `http://127.0.0.1:PORT` of each server. */
  bases: readonly string[];
  ports: readonly number[];
  /** The servers' processes; what they and their descendants use includes the PostgreSQL. */
  pids: readonly number[];
  /** Where the servers' database is. */
  databaseUrl: string;
  /** The bench's own few connections to it. */
  sql: Pool;
  /** The data folder of the first server. */
  data: string;
  stop(): Promise<void>;
}

const application = '1';
const secret = 'a secret that all servers of one bench share';
const minutes = 1440;
/** Rows written in one statement. */
const atOnce = 2_000;

export async function startPlaza({ processes = 1, env = {} }: PlazaOptions = {}): Promise<Plaza> {
  const folder = mkdtempSync(join(tmpdir(), 'plaza-bench-'));
  // PostgreSQL does not run as root; whoever it runs as has to get through.
  chmodSync(folder, 0o711);
  const tidy = tidyAfter(folder);
  const servers: Server[] = [];
  const ports: number[] = [];
  let sql: Pool | null = null;

  async function stop(): Promise<void> {
    await sql?.end({ timeout: 1 });
    // The first one last: it holds the database.
    await Promise.all(servers.slice(1).map((server) => server.stop()));
    await servers[0]?.stop();
    await tidy();
  }

  try {
    const data = join(folder, 'server-1');
    let databaseUrl = '';
    for (let i = 0; i < processes; i++) {
      const port = await freePort();
      ports.push(port);
      const shared = { PLAZA_HOST: '127.0.0.1', PLAZA_SECRET: secret, PLAZA_ACCESS_TOKEN_MINUTES: String(minutes) };
      const own = { ...shared, ...(i > 0 && { DATABASE_URL: databaseUrl }), ...env };
      servers.push(await startServer({ data: join(folder, `server-${i + 1}`), port, env: own }));
      databaseUrl ||= env['DATABASE_URL'] ?? holderOf(join(data, 'plaza.lock'))?.told['database'] ?? '';
    }
    const pool = connect(databaseUrl, { max: 4, name: 'plaza-bench', lockMillis: 60_000 });
    sql = pool;
    return {
      bases: ports.map((port) => `http://127.0.0.1:${port}`),
      ports,
      pids: servers.map((server) => server.process.pid ?? 0),
      databaseUrl,
      sql: pool,
      data,
      ...makersIn(pool),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param sql of a migrated database */
export function makersIn(sql: Pool): Makers {
  return {
    people: (count) => makePeople(sql, count),
    community: (members) => makeCommunity(sql, members),
    channels: (wanted) => makeChannels(sql, wanted),
    privateChannels: (wanted) => makePrivateChannels(sql, wanted),
  };
}

let made = 0;

async function makePeople(sql: Pool, count: number): Promise<Member[]> {
  const vault = createVault(secret);
  const tokens = createAccessTokens({
    keys: createKeys({ sql, vault, tokenSeconds: minutes * 60 }),
    issuer: 'bench',
    seconds: minutes * 60,
  });
  const members: Member[] = [];
  while (members.length < count) {
    const past = Array.from({ length: Math.min(atOnce, count - members.length) }, () => {
      const handle = `reader${++made}`;
      return { handle, name: `Reader ${made}`, email: `${handle}@example.org`, about: '', interests: [], createdAt: new Date() };
    });
    const people = await sql.begin((tx) => bringInAccounts(tx, application, 'a rather long pass phrase', past));
    members.push(...(await signedIn(sql, people, (claims) => tokens.sign(claims))));
  }
  return members;
}

type Claims = { account: Id; person: Id; application: Id; device: Id };

async function signedIn(sql: Pool, people: readonly Person[], sign: (claims: Claims) => Promise<{ access: string }>): Promise<Member[]> {
  const rows = await sql<{ person: Id; account: Id; device: Id }[]>`
    with made as (
      insert into devices (account, name) select account, 'bench' from people where id = any(${people.map(({ id }) => id)}::bigint[])
      returning id, account
    )
    select p.id as person, made.account, made.id as device from made join people p on p.account = made.account`;
  const tokens = new Map(await Promise.all(rows.map(async (row) => [row.person, (await sign({ ...row, application })).access] as const)));
  return people.map(({ id, handle }) => ({ id, handle, token: tokens.get(id) ?? '' }));
}

async function makeCommunity(sql: Pool, members: readonly Id[]): Promise<Id> {
  const now = new Date();
  const [owner] = members;
  if (owner === undefined) throw new Error('A community needs a member.');
  const role = (i: number): CommunityRole => (i === 0 ? 'owner' : 'member');
  const { id } = await sql.begin((tx) =>
    bringInCommunity(tx, {
      application,
      name: `Bench ${++made}`,
      description: '',
      tags: [],
      visibility: 'public',
      official: false,
      createdBy: owner,
      createdAt: now,
      members: members.map((person, i) => ({ person, role: role(i), joinedAt: now })),
    }),
  );
  return id;
}

async function makeChannels(sql: Pool, { count, kind, community, createdBy, members = () => [] }: NewChannels): Promise<Id[]> {
  return await open(
    sql,
    Array.from({ length: count }, (_, i) => ({
      kind,
      createdBy,
      visibility: kind === 'group' ? 'private' : 'public',
      ...(community !== undefined && { community }),
      name: `channel ${i}`,
      members: withOwner(createdBy, members(i)),
    })),
  );
}

async function makePrivateChannels(sql: Pool, wanted: readonly PrivateChannel[]): Promise<Id[]> {
  return await open(
    sql,
    wanted.map(({ members, community }, i) => ({
      kind: community === undefined ? 'group' : 'chat',
      createdBy: members[0] ?? '',
      visibility: 'private',
      ...(community !== undefined && { community }),
      name: `channel ${i}`,
      members: withOwner(members[0] ?? '', members),
    })),
  );
}

function withOwner(owner: Id, members: readonly Id[]): { person: Id; role: CommunityRole }[] {
  return [...new Set(members)].map((person) => ({ person, role: person === owner ? 'owner' : 'member' }));
}

async function open(sql: Pool, channels: readonly Omit<NewChannel, 'application'>[]): Promise<Id[]> {
  const ids: Id[] = [];
  for (let from = 0; from < channels.length; from += 500) {
    const some = channels.slice(from, from + 500).map((channel) => ({ ...channel, application }));
    ids.push(...(await sql.begin((tx) => openChannels(tx, some))).map(({ id }) => id));
  }
  return ids;
}
