import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { isId } from '../../kit/page.ts';

/** What an id on this face may name. All kinds of channel are `Channel`, since a channel may change its kind. */
export type Kind = 'Account' | 'Application' | 'ApplicationToken' | 'Channel' | 'Community' | 'Device' | 'Message' | 'Person';

/**
 * The global id of a thing: opaque to clients, and of no use where another kind of thing is asked for. It is base64url,
 * which for letters, digits, `:` and `/` is base64 without the filling; `btoa` takes a third of a Buffer's time.
 */
export function globalId(kind: Kind, id: string): string {
  const filled = btoa(`${kind}:${id}`);
  const end = filled.indexOf('=');
  return end < 0 ? filled : filled.slice(0, end);
}

/** Made so far, since the same people stand beside all that is written. What an id says never changes. */
const people = new Map<Id, string>();
const most = 10_000;

export function personId(id: Id): string {
  const known = people.get(id);
  if (known !== undefined) return known;
  if (people.size === most) people.clear();
  const made = globalId('Person', id);
  people.set(id, made);
  return made;
}

export function messageId(message: { channel: Id; number: number }): string {
  return globalId('Message', `${message.channel}/${message.number}`);
}

/**
 * The plain id within a global one of that kind.
 * @throws invalid_input for anything else, plain ids and ids of another kind included
 */
export function plainId(kind: Kind, id: string, field: string): Id {
  const parts = split(id);
  if (parts?.kind === kind && isId(parts.id)) return parts.id;
  throw new PlazaError('invalid_input', `"${field}" must be the id of ${article(kind)}, exactly as this API gave it.`, { field });
}

/** The same for an argument that may be left out. */
export function plainIdIf(kind: Kind, id: string | null | undefined, field: string): Id | undefined {
  return id === null || id === undefined ? undefined : plainId(kind, id, field);
}

/** A global id in its two parts, null if it is none that we made. */
export function split(id: string): { kind: string; id: string } | null {
  if (id.length > 200) return null;
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const [, kind, plain] = /^([A-Za-z]+):([\d/]+)$/.exec(text) ?? [];
  if (!kind || !plain || Buffer.from(text).toString('base64url') !== id) return null;
  return { kind, id: plain };
}

function article(kind: Kind): string {
  return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
