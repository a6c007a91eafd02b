import type { AccessEvent } from '../../../contracts/events.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { createMemory } from '../../kit/memory.ts';
import type { Page, PageRequest } from '../../kit/page.ts';
import type { Scope, Who } from '../policy/index.ts';
import { change } from './change.ts';
import { create } from './create.ts';
import { createToken } from './createToken.ts';
import type { ApplicationsDeps, Deps } from './deps.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { place } from './place.ts';
import { revokeToken } from './revokeToken.ts';
import { tokens } from './tokens.ts';
import { expiresAt, whoIs } from './whoIs.ts';

export interface Application {
  id: Id;
  name: string;
  /** Chats made by the application's tokens; exact, numbered 1…chatsCount. */
  chatsCount: number;
  createdAt: string;
  updatedAt: string;
}

export interface ApplicationToken {
  id: Id;
  name: string;
  scopes: Scope[];
  expiresAt: string | null;
  usedAt: string | null;
  createdAt: string;
}

/** What a page needs to know before anybody has signed in. */
export interface Place {
  /** The application's. */
  id: Id;
  name: string;
  /** Nobody runs the place yet: whoever has the first-admin link may. */
  adminWanted: boolean;
  /** This caller may. */
  mayCreateCommunity: boolean;
}

/** Tenants and their tokens. Made and listed by admins of the default application; an application sees itself. */
export interface Applications {
  /** The caller's own application, as anybody may see it. */
  place(who: Who): Promise<Place>;
  /** The token is shown here and never again. Makes the application's bot too. */
  create(who: Who, input: { name: string }): Promise<{ application: Application; token: string }>;
  list(who: Who, page: PageRequest): Promise<Page<Application>>;
  /** @throws not_found for another application than one's own, but for who runs the place */
  get(who: Who, id: Id): Promise<Application>;
  change(who: Who, input: { id: Id; name: string }): Promise<Application>;
  createToken(
    who: Who,
    input: { application: Id; name: string; scopes: Scope[]; expiresAt?: string | undefined },
  ): Promise<{ token: string; details: ApplicationToken }>;
  tokens(who: Who, application: Id, page: PageRequest): Promise<Page<ApplicationToken>>;
  revokeToken(who: Who, input: { application: Id; token: Id }): Promise<void>;
  /**
   * Who speaks with this token; null for a text that is no application's token at all.
   * @throws unauthenticated, token_expired
   */
  whoIs(token: string): Promise<Omit<Who, 'address'> | null>;
  /** When this token ends, in ms since 1970; null for never, and for what is no application's token. */
  expiresAt(token: string): Promise<number | null>;
  /** What was remembered of this scope is forgotten. Called by accounts, which answers for who speaks. */
  forget(event: AccessEvent | 'everything'): void;
  /** False while the feed is broken: nothing is remembered then. */
  remember(on: boolean): void;
}

export function createApplications(given: ApplicationsDeps): Applications {
  const deps: Deps = { ...given, known: createMemory(10_000) };
  return {
    place: place(deps),
    create: create(deps),
    list: list(deps),
    get: get(deps),
    change: change(deps),
    createToken: createToken(deps),
    tokens: tokens(deps),
    revokeToken: revokeToken(deps),
    whoIs: whoIs(deps),
    expiresAt: expiresAt(deps),
    forget(event) {
      // Applications are few and their tokens change rarely: one change forgets them all.
      if (event === 'everything' || event.application !== undefined) deps.known.forgetAll();
    },
    remember: (on) => deps.known.remember(on),
  };
}
