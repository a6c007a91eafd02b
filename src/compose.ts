/** The house put together: the only file that knows every domain, face and engine. */
import { join } from 'node:path';
import type { AccessEvent } from '../contracts/events.ts';
import { createAccounts } from './domains/accounts/index.ts';
import { createApplications } from './domains/applications/index.ts';
import { createBookmarks } from './domains/bookmarks/index.ts';
import { createCommunities } from './domains/communities/index.ts';
import { createConversations, createLog } from './domains/conversations/index.ts';
import { createTally } from './domains/conversations/tally.ts';
import type { Doors } from './domains/doors.ts';
import { createDrafts } from './domains/drafts/index.ts';
import { createModeration } from './domains/moderation/index.ts';
import { createPeople } from './domains/people/index.ts';
import { createPolicy } from './domains/policy/index.ts';
import { createReactions } from './domains/reactions/index.ts';
import { createDurableReader, createFeed, type FeedListener, slots } from './engines/feed/index.ts';
import { createMail } from './engines/mail/index.ts';
import { guarded } from './engines/postgres/guard.ts';
import { connect, connectReads } from './engines/postgres/index.ts';
import { markInstallation } from './engines/postgres/installation.ts';
import { migrate, readMigrations } from './engines/postgres/migrate.ts';
import { createGraphqlFace } from './faces/graphql/index.ts';
import { createServer } from './faces/server.ts';
import { createSocketFace } from './faces/socket/index.ts';
import type { BuiltPage } from './faces/web/index.ts';
import type { Logger } from './kit/log.ts';
import { createMetrics, waits } from './kit/metrics.ts';
import { home, type Settings } from './settings.ts';

/** A whole Plaza on a database. Several may live in one process. */
export interface House {
  doors: Doors;
  /** Where it serves; once started, with the port that was free. */
  readonly address: string;
  /** Follows the feed, then opens the server; resolves when both are ready. @throws what Node says when the port is taken */
  start(): Promise<void>;
  /** Tells everybody to come back, finishes what was accepted, lets go of the database. */
  stop(): Promise<void>;
}

/**
 * Brings the database up to date and builds the house on it; nothing runs before `start`.
 * @param page the web page, where it is to be served
 * @throws Advice
 */
export async function compose(
  settings: Settings & { secret: string },
  logger: Logger,
  databaseUrl: string,
  page: BuiltPage | null = null,
): Promise<House> {
  await migrate(databaseUrl, readMigrations(join(home, 'migrations')), (line) => logger.info(line));
  const metrics = createMetrics();
  const sql = connect(databaseUrl, { max: settings.databaseConnections, name: 'plaza' });
  const writers = connect(databaseUrl, { max: settings.lanes, name: 'plaza-log', lockMillis: 5_000, plannedOnce: true });
  const reads = connectReads(databaseUrl);
  await markInstallation(sql);

  const log = createLog({ sql: writers, lanes: settings.lanes, logger, measured: measureLog() });
  const mail = createMail({ smtpUrl: settings.smtpUrl, folder: join(settings.data, 'mail'), from: settings.mailFrom });
  const policy = createPolicy({ sql: reads, communitiesBy: settings.communitiesBy });
  const conversations = createConversations({ sql, reads, log, policy });
  const reactions = createReactions({ sql, log, policy });
  const bookmarks = createBookmarks({ sql, reads, policy, conversations });
  const drafts = createDrafts({ sql, policy });
  const moderation = createModeration({ sql, policy });
  const people = createPeople({ sql, policy });
  const communities = createCommunities({ sql, reads, policy, conversations, people });
  const applications = createApplications({ sql, policy, people, log: logger });
  const accounts = createAccounts({ sql, policy, people, communities, applications, mail, log: logger, settings });
  const doors: Doors = {
    accounts: guarded(accounts),
    people: guarded(people),
    communities: guarded(communities),
    conversations: guarded(conversations),
    reactions: guarded(reactions),
    bookmarks: guarded(bookmarks),
    drafts: guarded(drafts),
    moderation: guarded(moderation),
    applications: guarded(applications),
  };

  const feed = createFeed({ url: databaseUrl, sql, logger });
  const tally = createDurableReader({ url: databaseUrl, sql, logger, feed, ...createTally({ logger, metrics }) });
  // What is remembered of somebody's access is forgotten before the faces hear of the change (L9): listeners are
  // called in the order in which they came.
  const memories = forgetting([policy, accounts, people]);
  feed.listen(memories);

  const { allowedOrigins, trustProxy, host, port, publicUrl, secret } = settings;
  const socket = createSocketFace({ doors, feed, logger, metrics, settings: { allowedOrigins } });
  const rates = {
    anonymous: { perSecond: settings.anonymousRate, burst: settings.anonymousBurst },
    person: { perSecond: settings.personRate, burst: settings.personBurst },
    application: { perSecond: settings.applicationRate, burst: settings.applicationBurst },
  };
  const graphql = createGraphqlFace({ doors, live: socket.live, rates, logger, metrics });
  const server = await createServer({
    doors,
    socket,
    graphql,
    feed,
    slots: () => slots(sql),
    readers: { tally },
    sql,
    logger,
    metrics,
    host,
    port,
    publicUrl,
    trustProxy,
    rates,
    allowedOrigins,
    page,
    secret,
  });

  function measureLog() {
    const seconds = metrics.histogram('plaza_log_commit_seconds', 'How long a commit group took.', waits);
    const changes = metrics.histogram('plaza_log_group_changes', 'Changes in a commit group.', [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000]);
    metrics.gauge('plaza_log_waiting', 'Changes that wait for their commit group.', () => log.counts().waiting);
    return (count: number, took: number) => {
      changes.observe(count);
      seconds.observe(took);
    };
  }

  let address = publicUrl;
  let stopped: Promise<void> | null = null;
  return {
    doors,
    get address() {
      return address;
    },
    async start() {
      // Says at once when the secret is not the one that the keys were sealed with.
      await accounts.jwks();
      await feed.start();
      if (feed.state().live) memories.mended();
      tally.start();
      const listening = await server.listen();
      if (port === 0) address = publicUrl.replace(/:0$/, `:${listening.port}`);
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };

  async function stop(): Promise<void> {
    await Promise.all([server.drain(), socket.drain(), graphql.drain()]);
    await log.drain();
    // The feed first: it must not look for another stream when the one that carries it ends.
    await Promise.all([feed.stop(), tally.stop(), mail.close()]);
    await Promise.all([sql.end({ timeout: 1 }), reads.end({ timeout: 1 }), writers.end({ timeout: 1 })]);
  }
}

/** While the feed is broken nobody hears of changes of access, so nothing may be remembered. */
function forgetting(memories: readonly { forget(event: AccessEvent | 'everything'): void; remember(on: boolean): void }[]): FeedListener {
  const forget = (event: AccessEvent | 'everything') => {
    for (const memory of memories) memory.forget(event);
  };
  const remember = (on: boolean) => {
    for (const memory of memories) memory.remember(on);
  };
  return {
    events(batch) {
      for (const { topic, bytes } of batch) if (topic.kind === 'access') forget(JSON.parse(bytes.toString()));
    },
    broken() {
      remember(false);
      forget('everything');
    },
    mended() {
      forget('everything');
      remember(true);
    },
  };
}
