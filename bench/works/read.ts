import { bringInMore } from '../../src/domains/conversations/index.ts';
import { connect } from '../../src/engines/postgres/index.ts';
import { quantile } from '../quantile.ts';
import { getRequest, openHttp, postRequest } from '../support/http.ts';
import { type Plaza, startPlaza } from '../support/plaza.ts';
import { meter, useOf } from '../support/processes.ts';
import type { Contender, Figures, Options, Subject, Work } from '../support/work.ts';

const discussions = 20;
const comments = 10;
/** Of each discussion, the opening with them, and of the chat that REST reads. */
const inDiscussion = 30;
const inChat = 1000;
const page = 50;
const text = 'The beans are up, the snails know it already, and it has rained on nobody but us since we sowed them.';

const query = `query ($slug: String!) {
  community(slug: $slug) { id name description discussions(first: ${discussions}) { edges { node {
    id title comments(first: ${comments}) { edges { node { id number body createdAt author { id handle name avatar } } } }
  } } } }
}`;

interface Scene {
  plaza: Plaza;
  slug: string;
  community: string;
  chat: string;
  token: string;
}

/** A community with forty discussions, of which twenty are read, written by fifty people, and a chat. */
async function setScene(): Promise<Scene> {
  const plaza = await startPlaza();
  const people = await plaza.people(50);
  const [reader] = people;
  if (!reader) throw new Error('Nobody is there to read.');
  const community = await plaza.community(people.map(({ id }) => id));
  const made = await plaza.channels({ count: 2 * discussions, kind: 'discussion', community, createdBy: reader.id });
  const [chat = ''] = await plaza.channels({ count: 1, kind: 'chat', community, createdBy: reader.id });
  const posts = (count: number) =>
    Array.from({ length: count }, (_, i) => {
      const { id, handle } = people[i % people.length] ?? reader;
      return {
        at: Date.now(),
        by: { id, handle, name: handle, bot: false, avatar: null },
        do: 'post' as const,
        body: `${i} ${text}`,
        replyTo: null,
      };
    });
  const past = [
    ...made.map((channel) => ({ channel, changes: posts(inDiscussion), reads: [] })),
    { channel: chat, changes: posts(inChat), reads: [] },
  ];
  await plaza.sql.begin((tx) => bringInMore(tx, past));
  await plaza.sql`vacuum (analyze)`;
  const [row] = await plaza.sql<{ slug: string }[]>`select slug from communities where id = ${community}`;
  return { plaza, slug: row?.slug ?? '', community, chat, token: reader.token };
}

/** Each worker asks again as soon as it is answered. */
async function saturate(pids: readonly number[], workers: readonly (() => Promise<void>)[], seconds: number) {
  const until = performance.now() + seconds * 1000;
  const took: number[] = [];
  const cpu = meter(pids);
  const own = process.cpuUsage();
  const began = performance.now();
  await Promise.all(
    workers.map(async (ask) => {
      while (performance.now() < until) {
        const at = performance.now();
        await ask();
        took.push(performance.now() - at);
      }
    }),
  );
  const elapsed = (performance.now() - began) / 1000;
  const micros = cpu();
  const { user, system } = process.cpuUsage(own);
  return {
    rate: took.length / elapsed,
    p99: quantile(took, 0.99),
    cpu: micros / took.length,
    loaders: (user + system) / took.length,
  };
}

function figuresOf(graph: Awaited<ReturnType<typeof saturate>>, rest: Awaited<ReturnType<typeof saturate>>): Figures {
  return {
    graphql: graph.rate,
    graphqlP99: graph.p99,
    graphqlCpu: graph.cpu,
    rest: rest.rate,
    restP99: rest.p99,
    restCpu: rest.cpu,
    loaders: (graph.loaders + rest.loaders) / 2,
  };
}

const plaza: Contender = {
  about: 'Plaza, GraphQL and REST over HTTP, access checked',
  async start({ seconds = 1, clients = 1 }: Options): Promise<Subject> {
    const scene = await setScene();
    const port = scene.plaza.ports[0] ?? 0;
    const graph = postRequest('/graphql', scene.token, { query, variables: { slug: scene.slug } });
    const rest = getRequest(`/v1/channels/${scene.chat}/messages?limit=${page}`, scene.token);
    const connections = await Promise.all(Array.from({ length: clients }, () => openHttp(port)));
    const asking = (request: Buffer, least: number) =>
      connections.map((http) => async () => {
        const body = await http.ask(request);
        if (body.length < least) throw new Error(`An answer of ${body.length} bytes: ${body.toString('utf8', 0, 500)}`);
      });
    const workers = { graph: asking(graph, discussions * comments * text.length), rest: asking(rest, page * text.length) };
    return {
      async run() {
        for (const each of [workers.graph, workers.rest]) await saturate([], each, seconds / 4);
        const { pids } = scene.plaza;
        return figuresOf(await saturate(pids, workers.graph, seconds), await saturate(pids, workers.rest, seconds));
      },
      async stop() {
        for (const http of connections) http.close();
        await scene.plaza.stop();
      },
    };
  },
};

/** What is read comes to the same; who may read it is asked by nobody, and no server stands in between. */
const postgres: Contender = {
  about: 'the same rows out of PostgreSQL alone by postgres.js, access unchecked, one connection a client',
  async start({ seconds = 1, clients = 1 }: Options): Promise<Subject> {
    const scene = await setScene();
    const database = useOf(scene.plaza.pids).processes.filter(({ name }) => name.startsWith('postgres'));
    const pids = database.filter(({ parent }) => !database.some(({ pid }) => pid === parent)).map(({ pid }) => pid);
    const pools = Array.from({ length: clients }, () => connect(scene.plaza.databaseUrl, { max: 1, name: 'plaza-bench' }));
    const graph = pools.map((sql) => async () => {
      const [community] = await sql`select id, name, description from communities where slug = ${scene.slug} and application = 1`;
      const found = await sql<{ id: string }[]>`
        select id, name from channels where community = ${community?.['id']} and kind = 'discussion' order by active_at desc, id desc limit ${discussions + 1}`;
      const messages = await sql<{ author: string }[]>`
        select m.* from unnest(${found.slice(0, discussions).map(({ id }) => id)}::bigint[]) as asked (channel)
        cross join lateral (
          select channel, number, author, body, created_at from messages
          where channel = asked.channel and number > 1 and number <= ${comments + 1} order by number
        ) m`;
      const authors = await sql`
        select id, handle, name, avatar from people where id = any(${[...new Set(messages.map(({ author }) => author))]}::bigint[])`;
      if (messages.length !== discussions * comments || authors.length === 0) throw new Error(`Only ${messages.length} comments.`);
    });
    const rest = pools.map((sql) => async () => {
      const rows = await sql`
        select channel, number, version, author, reply_to, key, body, reactions, mentions, link_channel, link_number, created_at, edited_at, deleted_at, pinned_at
        from messages where channel = ${scene.chat} and number > ${inChat - page} order by number`;
      if (rows.length !== page) throw new Error(`Only ${rows.length} messages.`);
    });
    return {
      async run() {
        for (const each of [graph, rest]) await saturate([], each, seconds / 4);
        return figuresOf(await saturate(pids, graph, seconds), await saturate(pids, rest, seconds));
      },
      async stop() {
        await Promise.all(pools.map((sql) => sql.end({ timeout: 1 })));
        await scene.plaza.stop();
      },
    };
  },
};

export const read: Work = {
  name: 'read',
  about:
    'Requests a second: by GraphQL a community → 20 discussions → 10 comments each → their authors, and by REST the last 50 messages of a chat.',
  options: {
    seconds: { about: 'how long each is asked', value: 10, quick: 0.5 },
    clients: { about: 'connections that ask again as soon as they are answered', value: 8, quick: 2 },
  },
  columns: [
    { key: 'graphql', label: 'GraphQL requests/s', better: 'higher' },
    { key: 'graphqlP99', label: 'p99 ms', better: 'lower' },
    { key: 'graphqlCpu', label: 'CPU µs/request', better: 'lower' },
    { key: 'rest', label: 'REST pages/s', better: 'higher' },
    { key: 'restP99', label: 'p99 ms', better: 'lower' },
    { key: 'restCpu', label: 'CPU µs/page', better: 'lower' },
    { key: 'loaders', label: 'load CPU µs/request', better: 'neither' },
  ],
  contenders: { plaza, postgres },
};
