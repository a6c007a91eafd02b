import type { ApplicationRole, Id, Person } from '../../../contracts/nouns.ts';

export const scopes = ['read', 'write', 'people'] as const;
/** What an application's token may do: read chats and messages, write them, sign people up and in. */
export type Scope = (typeof scopes)[number];

/**
 * Who asks. Faces get it from `accounts.authenticate` and hand it to every verb; nothing in it comes from the
 * request's body.
 */
export interface Who {
  application: Id;
  /** `guest` did not sign in; `application` came with an application's token and speaks as its bot. */
  role: ApplicationRole | 'guest' | 'application';
  /** Null for guests. */
  person: Person | null;
  account: Id | null;
  device: Id | null;
  /** Empty but for role `application`. */
  scopes: readonly Scope[];
  /** The network address the request came from, for throttling. */
  address: string;
}

export const defaultApplication: Id = '1';

export function guest(address: string, application: Id = defaultApplication): Who {
  return { application, role: 'guest', person: null, account: null, device: null, scopes: [], address };
}
