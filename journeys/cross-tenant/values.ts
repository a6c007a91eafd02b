import { marker, type Things } from './foreign.ts';

/** What a refused request may be refused with; anything else has done or told something. */
export const refusals = ['not_found', 'forbidden', 'unauthenticated', 'wrong_credentials', 'wrong_code'];

/** Something that an operation is asked for, or given. `foreign`: it names a thing of the other application. */
export interface Value {
  foreign: boolean;
  value: string | number | boolean | string[] | number[];
}

const foreign = (value: Value['value']): Value => ({ foreign: true, value });
const plain = (value: Value['value']): Value => ({ foreign: false, value });

/**
 * A value for each name of a parameter, argument or property, the same on all faces. Who makes a new name adds it here
 * and says so whether it may name something of another application.
 */
export function sampleOf(name: string, things: Things): Value | null {
  const values: { [name: string]: Value } = {
    account: foreign(things.account),
    application: foreign(things.application),
    author: foreign(things.person),
    channel: foreign(things.channel),
    community: foreign(things.community),
    device: foreign(things.device),
    devices: foreign([things.device]),
    email: foreign(things.email),
    ids: foreign([things.person]),
    people: foreign([things.person]),
    person: foreign(things.person),
    place: foreign(things.channel),
    token: foreign(things.applicationToken),

    all: plain(false),
    archived: plain(true),
    body: plain('Let me in'),
    chat_number: plain(things.chatNumber),
    code: plain('123456'),
    current: plain('not the right password'),
    description: plain('Let me in'),
    emoji: plain(things.emoji),
    expiresAt: plain('2100-01-01T00:00:00.000Z'),
    expires_at: plain('2100-01-01T00:00:00.000Z'),
    handle: plain('let_me_in'),
    image: plain('R0lGODlh'),
    name: plain('Let me in'),
    next: plain('another long pass phrase'),
    number: plain(things.message),
    numbers: plain([things.message]),
    on: plain(true),
    password: plain(things.password),
    q: plain(marker),
    reason: plain('because'),
    refresh: plain('nonsense'),
    replyTo: plain(things.message),
    scopes: plain(['read']),
    since: plain(0),
    slug: plain('let-me-in'),
    tag: plain(marker),
    tags: plain(['in']),
    title: plain('Let me in'),
    topic: plain('Let me in'),
    until: plain('2100-01-01T00:00:00.000Z'),
  };
  return values[name] ?? null;
}

/** Operations that say no more than "done" to everybody, so that nobody learns whether an address is known. */
export const sayDoneToAll = ['POST /v1/forgot-password', 'mutation forgotPassword'];

/** Operations to which an address is as good as any other: it becomes one's own. */
export const makeTheirOwn = ['POST /v1/sign-up', 'mutation signUp'];
let made = 0;
export function newAddress(): string {
  return `new.${++made}@example.org`;
}

/** True for an answer that holds nothing: no text, no number, no list with something in it. */
export function tellsNothing(answer: unknown): boolean {
  if (Array.isArray(answer)) return answer.every(tellsNothing);
  if (typeof answer === 'object' && answer !== null) return Object.values(answer).every(tellsNothing);
  return answer === null || answer === false || answer === 0;
}

/** What is wrong with an answer to a request that named a foreign thing, or null. */
export function fault(operation: string, answer: { code: string | null; body: unknown; text: string }): string | null {
  if (answer.text.toLowerCase().includes(marker.toLowerCase())) return `${operation} told something: ${answer.text}`;
  if (sayDoneToAll.some((name) => operation.startsWith(name))) return null;
  if (answer.code !== null) return refusals.includes(answer.code) ? null : `${operation} was refused with ${answer.code}: ${answer.text}`;
  return tellsNothing(answer.body) ? null : `${operation} was answered: ${answer.text}`;
}
