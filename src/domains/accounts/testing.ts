import { expect } from 'vitest';
import type { ErrorCode, RefusalDetails } from '../../../contracts/errors.ts';
import type { PlazaEvent } from '../../../contracts/events.ts';
import { createFeed, type Feed, type FeedEvent } from '../../engines/feed/index.ts';
import type { Letter } from '../../engines/mail/index.ts';
import { connect, type Pool } from '../../engines/postgres/index.ts';
import { markInstallation } from '../../engines/postgres/installation.ts';
import { freshDatabase } from '../../engines/postgres/testing.ts';
import { createLogger } from '../../kit/log.ts';
import { type Applications, createApplications } from '../applications/index.ts';
import { createCommunities } from '../communities/index.ts';
import { createPeople, type People } from '../people/index.ts';
import { createPolicy, guest, type Policy, type Who } from '../policy/index.ts';
import type { AccountsDeps } from './deps.ts';
import { type Accounts, createAccounts, type SignedIn } from './index.ts';

/** What one process has of the identity domains. */
export interface Process {
  sql: Pool;
  accounts: Accounts;
  people: People;
  applications: Applications;
  policy: Policy;
  /** Every letter sent, latest last. */
  letters: Letter[];
  /** What it logged, as JSON lines. */
  logged: string[];
}

export interface Installation extends Process {
  url: string;
  /** Another process on the same database, remembering as long as its feed lives. */
  another(settings?: Partial<AccountsDeps['settings']>): Promise<Process>;
  /** Events since the installation began, as its own feed heard them. */
  events: { to: string; event: PlazaEvent }[];
  end(): Promise<void>;
}

const silent = createLogger({ level: 'silent', format: 'json' });

/** A fresh database with one process on it, whose memories are kept valid by a real feed. */
export async function installation(settings: Partial<AccountsDeps['settings']> = {}): Promise<Installation> {
  const database = await freshDatabase();
  const undo: (() => Promise<void>)[] = [];
  const events: Installation['events'] = [];

  async function another(more: Partial<AccountsDeps['settings']> = {}, heard?: (batch: readonly FeedEvent[]) => void): Promise<Process> {
    const sql = connect(database.url, { max: 10, name: 'accounts-test' });
    const house = build(sql, { ...settings, ...more });
    const memories = [house.accounts, house.people, house.policy];
    const remember = (on: boolean) => {
      for (const memory of memories) memory.remember(on);
    };
    const feed: Feed = createFeed({ url: database.url, sql, logger: silent });
    undo.push(async () => {
      await feed.stop();
      await sql.end();
    });
    feed.listen({
      events(batch) {
        heard?.(batch);
        for (const { topic, bytes } of batch) {
          if (topic.kind !== 'access') continue;
          for (const memory of memories) memory.forget(JSON.parse(bytes.toString('utf8')));
        }
      },
      broken: () => remember(false),
      mended: () => remember(true),
    });
    await feed.start();
    remember(true);
    return house;
  }

  const setup = connect(database.url, { max: 1, name: 'accounts-test' });
  await markInstallation(setup);
  await setup.end();
  const first = await another({}, (batch) => {
    for (const { topic, bytes } of batch) {
      events.push({ to: topic.kind === 'person' ? `person ${topic.person}` : topic.kind, event: JSON.parse(bytes.toString('utf8')) });
    }
  });
  return {
    ...first,
    url: database.url,
    another,
    events,
    async end() {
      for (const step of undo) await step();
      await database.drop();
    },
  };
}

function build(sql: Pool, settings: Partial<AccountsDeps['settings']>): Process {
  const letters: Letter[] = [];
  const logged: string[] = [];
  const log = createLogger({ level: 'info', format: 'json', to: { write: (line) => logged.push(line) } });
  const policy = createPolicy({ sql, communitiesBy: 'members' });
  const people = createPeople({ sql, policy });
  const applications = createApplications({ sql, policy, people, log });
  const communities = createCommunities({
    sql,
    reads: sql,
    policy,
    people,
    conversations: { enterCommunities: async () => {}, leaveCommunity: async () => {}, firstChat: async () => {} },
  });
  const mail = { send: async (letter: Letter) => void letters.push(letter) };
  const accounts = createAccounts({
    sql,
    policy,
    people,
    communities,
    applications,
    mail,
    log,
    settings: {
      secret: 'a secret of the tests, long enough to be one',
      publicUrl: 'http://localhost:3000',
      accessTokenMinutes: 15,
      refreshDays: 30,
      signUp: 'open',
      ...settings,
    },
  });
  return { sql, accounts, people, applications, policy, letters, logged };
}

export const password = 'seven green herons';

let made = 0;

/** Somebody new, signed in on a device; `who` is what a face would get from the token. */
export async function someone(
  { accounts }: Pick<Process, 'accounts'>,
  {
    name = 'Ana Lima',
    via = guest('192.0.2.1'),
    ...more
  }: { name?: string; via?: Who; email?: string; clientId?: string; handle?: string } = {},
): Promise<{ who: Who; email: string; signedIn: SignedIn }> {
  const { email = `ana${made++}@example.org`, ...rest } = more;
  const signedIn = await accounts.signUp(via, { name, email, password, ...rest });
  return { who: await accounts.authenticate(signedIn.tokens.access, '192.0.2.1'), email, signedIn };
}

/** The first admin of the installation. */
export async function admin(process: Process): Promise<Who> {
  const { signedIn } = await someone(process, { name: 'Admin One' });
  const who = await process.accounts.authenticate(signedIn.tokens.access, '192.0.2.1');
  const code = await process.accounts.firstAdminCode();
  await process.accounts.claimFirstAdmin(who, { code: code ?? '' });
  return process.accounts.authenticate(signedIn.tokens.access, '192.0.2.1');
}

/** What a refusal with this code and these details looks like to `expect`. */
export function refusal(code: ErrorCode, details: RefusalDetails = {}): unknown {
  return expect.objectContaining({ code, details: expect.objectContaining(details) });
}
