import type { Live } from './live.ts';
import { createTestServer, type TestServer } from '../http/testing.ts';
import { createGraphqlFace, type GraphqlFace, type GraphqlLimits } from './index.ts';

export interface GraphqlAnswer {
  status: number;
  // What came back is looked at, not trusted.
  data: any;
  errors: { message: string; path?: string[]; extensions: { code: string; [more: string]: unknown } }[];
}

export interface GraphqlTest extends TestServer {
  face: GraphqlFace;
  /** Runs an operation as this caller. */
  run(query: string, variables?: Record<string, unknown>, token?: string): Promise<GraphqlAnswer>;
  /** The same; throws what went wrong. */
  data(query: string, variables?: Record<string, unknown>, token?: string): Promise<any>;
  /** What the work asked of the database. */
  queries(work: () => Promise<unknown>): Promise<string[]>;
}

const nothingHappens: Live = {
  subscribe: () => never(),
  personal: () => never(),
};

async function* never() {}

/** The real server with this face on it. */
export async function createGraphqlTest({ live = nothingHappens, limits }: { live?: Live; limits?: Partial<GraphqlLimits> } = {}): Promise<GraphqlTest> {
  let face: GraphqlFace | undefined;
  const ground = await createTestServer(({ doors, logger, metrics }) => {
    face = createGraphqlFace({ doors, live, logger, metrics, limits });
    return { graphql: face };
  });
  if (!face) throw new Error('no face was made');

  async function run(query: string, variables: Record<string, unknown> = {}, token?: string): Promise<GraphqlAnswer> {
    const { status, body } = await ground.ask('POST', '/graphql', { token, body: { query, variables } });
    return { status, data: body['data'], errors: body['errors'] ?? [] };
  }

  return {
    ...ground,
    face,
    run,
    async data(query, variables, token) {
      const { data, errors } = await run(query, variables, token);
      if (errors.length > 0) throw new Error(JSON.stringify(errors));
      return data;
    },
    async queries(work) {
      const asked: string[] = [];
      const { options } = ground.sql;
      const before = options.debug;
      options.debug = (_connection, query) => {
        // The client asks for types on each new connection; that is nobody's doing here.
        if (!query.includes('pg_catalog.pg_type')) asked.push(query);
      };
      try {
        await work();
      } finally {
        if (before === undefined) delete options.debug;
        else options.debug = before;
      }
      return asked;
    },
  };
}
