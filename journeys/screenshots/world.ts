/** A server with the seeded world in it, and somebody who uses it: what the pictures show. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort, type Server, startServer } from '../support/server.ts';

const password = 'everybody-is-an-example';
const seedArguments = ['seed', '--people', '80', '--messages', '4000'];

interface Session {
  tokens: { access: string; refresh: string };
  person: { id: string; handle: string; name: string };
}

export interface World {
  base: string;
  session: Session;
  /** The same person on one more device. */
  signIn(): Promise<Session>;
  /** Addresses of the pages by what they show. */
  paths: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The pages that look different to somebody who is not signed in. */
export const guestPaths: Readonly<Record<string, string>> = {
  landing: '/',
  'sign-in': '/sign-in',
  'sign-up': '/sign-up',
  forgot: '/forgot',
  'first-admin': '/first-admin',
};

/** @param data a new folder, for this world alone */
export async function startWorld(data: string): Promise<World> {
  const port = await freePort();
  const env = { ...process.env, DATABASE_URL: '', PLAZA_DATA: data, PLAZA_LOG_LEVEL: 'warn' };
  const seeded = spawnSync(process.execPath, [join(import.meta.dirname, '../../bin/plaza.mjs'), ...seedArguments], {
    env,
    encoding: 'utf8',
  });
  if (seeded.status !== 0) throw new Error(`The world could not be seeded:\n${seeded.stdout}${seeded.stderr}`);
  const address = /([a-z0-9._-]+@example\.com)/i.exec(seeded.stdout)?.[1];
  if (address === undefined) throw new Error(`Nobody to sign in as:\n${seeded.stdout}`);
  const server = await startServer({ data, port, env: { PLAZA_PAGE: 'yes' } });
  const session = await signIn(server, address);
  const code = /first-admin\?code=(\S+)/.exec(server.said())?.[1];
  if (code !== undefined) await call(server.base, 'POST', '/v1/first-admin', session.tokens.access, { code: decodeURIComponent(code) });
  return {
    base: server.base,
    session,
    signIn: () => signIn(server, address),
    paths: await findPaths(server.base, session),
    stop: async () => void (await server.stop()),
  };
}

async function signIn(server: Server, email: string): Promise<Session> {
  return call<Session>(server.base, 'POST', '/v1/sign-in', null, { email, password });
}

async function call<T>(base: string, method: string, path: string, token: string | null, body?: object): Promise<T> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** The first of everything that this person sees. */
async function findPaths(base: string, { tokens, person }: Session): Promise<Record<string, string>> {
  const query = `{
    me {
      communities(first: 1) { nodes { slug
        chats(first: 1) { nodes { plainId } }
        discussions(first: 1, sort: POPULAR) { nodes { plainId } } } }
      channels { __typename plainId }
    }
    people(first: 5) { nodes { handle } }
  }`;
  interface Found {
    data: {
      me: {
        communities: { nodes: { slug: string; chats: { nodes: { plainId: string }[] }; discussions: { nodes: { plainId: string }[] } }[] };
        channels: { __typename: string; plainId: string }[];
      };
      people: { nodes: { handle: string }[] };
    };
  }
  const { data } = await call<Found>(base, 'POST', '/graphql', tokens.access, { query });
  const [community] = data.me.communities.nodes;
  const chat = community?.chats.nodes[0]?.plainId;
  const discussion = community?.discussions.nodes[0]?.plainId;
  const other = data.people.nodes.find(({ handle }) => handle !== person.handle);
  const of = (kind: string) => data.me.channels.find(({ __typename }) => __typename === kind)?.plainId;
  const [direct, group] = [of('Direct'), of('Group')];
  if (community === undefined || chat === undefined || discussion === undefined || other === undefined)
    throw new Error('The world has too little in it.');
  return {
    home: '/',
    communities: '/communities',
    'new-community': '/communities/new',
    community: `/c/${community.slug}`,
    members: `/c/${community.slug}/members`,
    about: `/c/${community.slug}/about`,
    settings: `/c/${community.slug}/settings`,
    moderation: `/c/${community.slug}/moderation`,
    'new-discussion': `/c/${community.slug}/new`,
    discussion: `/c/${community.slug}/d/${discussion}`,
    chat: `/c/${community.slug}/chat/${chat}`,
    messages: '/messages',
    'new-message': '/messages/new',
    ...(direct !== undefined && { direct: `/messages/${direct}` }),
    ...(group !== undefined && { group: `/messages/${group}` }),
    person: `/p/${other.handle}`,
    bookmarks: '/bookmarks',
    you: '/you',
    devices: '/you/devices',
    password: '/you/password',
    appearance: '/you/appearance',
    nowhere: '/there-is-nothing-here',
  };
}
