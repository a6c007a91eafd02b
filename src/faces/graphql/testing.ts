import { createFeed, type Feed } from '../../engines/feed/index.ts';
import { createTestServer, type TestServer } from '../http/testing.ts';
import { createSocketFace, type SocketFace } from '../socket/index.ts';
import { createGraphqlFace, type GraphqlFace } from './index.ts';
import type { GraphqlLimits } from './limits.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers field by field, and fail by what is missing.
export type Json = any;

export interface GraphqlAnswer {
  status: number;
  data: Json;
  errors: { message: string; path?: string[]; extensions: { code: string; [more: string]: unknown } }[];
}

export interface GraphqlTest extends TestServer {
  face: GraphqlFace;
  /** Runs an operation as this caller. */
  run(query: string, variables?: Record<string, unknown>, token?: string): Promise<GraphqlAnswer>;
  /** The same; throws what went wrong. */
  data(query: string, variables?: Record<string, unknown>, token?: string): Promise<Json>;
  /** What the work asked of the database. */
  queries(work: () => Promise<unknown>): Promise<string[]>;
}

/** The real server with this face on it. */
export async function createGraphqlTest(limits?: Partial<GraphqlLimits>): Promise<GraphqlTest> {
  const parts: { feed?: Feed; socket?: SocketFace; face?: GraphqlFace } = {};
  const ground = await createTestServer(({ doors, sql, url, logger, metrics }) => {
    const feed = createFeed({ url, sql, logger });
    const socket = createSocketFace({ doors, feed, logger, metrics });
    const face = createGraphqlFace({ doors, live: socket.live, logger, metrics, limits });
    Object.assign(parts, { feed, socket, face });
    return { graphql: face };
  });
  const { feed, socket, face } = parts;
  if (!feed || !socket || !face) throw new Error('no face was made');
  await feed.start();

  async function run(query: string, variables: Record<string, unknown> = {}, token?: string): Promise<GraphqlAnswer> {
    const { status, body } = await ground.ask('POST', '/graphql', { token, body: { query, variables } });
    return { status, data: body['data'], errors: body['errors'] ?? [] };
  }

  return {
    ...ground,
    face,
    run,
    async end() {
      await Promise.all([socket.drain(), face.drain()]);
      await feed.stop();
      await ground.end();
    },
    async data(query, variables, token) {
      const { data, errors } = await run(query, variables, token);
      if (errors.length > 0) throw new Error(JSON.stringify(errors));
      return data;
    },
    async queries(work) {
      const asked: string[] = [];
      const pools = [ground.sql, ground.reads];
      for (const { options } of pools)
        options.debug = (_connection, query) => {
          // The client asks for types on each new connection, the feed for the end of the log: nobody's doing here.
          if (!/pg_catalog\.pg_type|pg_current_wal_flush_lsn/.test(query)) asked.push(query);
        };
      try {
        await work();
      } finally {
        for (const { options } of pools) options.debug = false;
      }
      return asked;
    },
  };
}
