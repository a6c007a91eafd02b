import type { Channel, Community, Message, Person } from '../../contracts/nouns.ts';

export interface Answer<Body = unknown> {
  status: number;
  headers: Headers;
  /** As the test expects it; null where the text is no JSON. */
  body: Body;
  text: string;
}

/** The body of a refusal. */
export interface Refusal {
  code: string;
}

/** The body of every answer of GraphQL. */
export interface GraphqlBody<Data = unknown> {
  data?: Data;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** What signing in and up answer. */
interface SignedIn {
  tokens: { access: string; refresh: string };
  person: Person;
  device: { id: string };
}

/** One request, whatever its answer. A body that is a string goes as it is. */
export async function rest<Body = unknown>(
  base: string,
  token: string | null,
  method: string,
  path: string,
  body?: unknown,
  headers: { [name: string]: string } = {},
): Promise<Answer<Body>> {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: parsed(text) as Body };
}

export function graphql<Data = unknown>(
  base: string,
  token: string | null,
  query: string,
  variables: object = {},
): Promise<Answer<GraphqlBody<Data> | null>> {
  return rest(base, token, 'POST', '/graphql', { query, variables });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Somebody who signed in to one server, with what the journeys do most. Verbs throw on a refusal. */
export interface Someone {
  base: string;
  email: string;
  token: string;
  refresh: string;
  person: Person;
  device: string;
  /** The same person by another server of the house. */
  at(base: string): Someone;
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  createCommunity(name: string, more?: object): Promise<Community>;
  createChat(community: Community, name: string, more?: object): Promise<Channel>;
  startDiscussion(community: Community, title: string): Promise<Channel>;
  join(community: Community): Promise<void>;
  post(channel: Channel, body: string, key?: string): Promise<Message>;
}

/** Everybody's. */
export const password = 'a rather long pass phrase';
let signedUp = 0;

/** Signs somebody in on another device. */
export async function signIn(base: string, email: string): Promise<SignedIn> {
  const { status, body, text } = await rest<SignedIn>(base, null, 'POST', '/v1/sign-in', { email, password });
  if (status !== 200) throw new Error(`${email} cannot sign in, ${status}: ${text}`);
  return body;
}

/** A new account, by default in the default application; with an application's token in that one. */
export async function signUp(base: string, name: string, application: string | null = null): Promise<Someone> {
  const email = `person.${process.pid}.${++signedUp}@example.org`;
  const { status, body, text } = await rest<SignedIn>(base, application, 'POST', '/v1/sign-up', { name, email, password });
  if (status !== 201) throw new Error(`sign-up was answered ${status}: ${text}`);
  return someone(base, body.tokens.access, { email, refresh: body.tokens.refresh, person: body.person, device: body.device.id });
}

function someone(base: string, token: string, them: Pick<Someone, 'email' | 'refresh' | 'person' | 'device'>): Someone {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await rest<T>(base, token, method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }
  return {
    ...them,
    base,
    token,
    call,
    at: (other) => someone(other, token, them),
    createCommunity: (name, more = {}) => call('POST', '/v1/communities', { name, ...more }),
    createChat: (community, name, more = {}) => call('POST', `/v1/communities/${community.id}/channels`, { name, ...more }),
    startDiscussion: async (community, title) =>
      (await call<{ channel: Channel }>('POST', `/v1/communities/${community.id}/discussions`, { title, body: title })).channel,
    join: (community) => call('PUT', `/v1/communities/${community.id}/members/me`),
    post: async (channel, body, key) =>
      (await call<{ message: Message }>('POST', `/v1/channels/${channel.id}/messages`, { body, key })).message,
  };
}

/** Makes somebody the first admin, with the code that the server wrote at its first start. */
export async function becomeAdmin(person: Someone, serverSaid: string): Promise<Someone> {
  const link = /opens, once: (\S+)/.exec(serverSaid)?.[1];
  if (!link) throw new Error(`The server wrote no link for the first admin:\n${serverSaid}`);
  const { searchParams, hash } = new URL(link);
  const code = searchParams.get('code') ?? new URLSearchParams(hash.slice(1)).get('code') ?? link.split('/').at(-1);
  await person.call('POST', '/v1/first-admin', { code });
  return person;
}
