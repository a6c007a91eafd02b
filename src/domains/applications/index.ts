import type { Id } from '../../../contracts/nouns.ts';
import type { Page, PageRequest } from '../../kit/page.ts';
import type { Scope, Who } from '../policy/who.ts';

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

/** Tenants and their tokens. Made and listed by admins of the default application; an application sees itself. */
export interface Applications {
  /** The token is shown here and never again. Makes the application's bot too. */
  create(who: Who, input: { name: string }): Promise<{ application: Application; token: string }>;
  list(who: Who, page: PageRequest): Promise<Page<Application>>;
  get(who: Who, id: Id): Promise<Application>;
  change(who: Who, input: { id: Id; name: string }): Promise<Application>;
  createToken(who: Who, input: { application: Id; name: string; scopes: Scope[]; expiresAt?: string | undefined }): Promise<{ token: string; details: ApplicationToken }>;
  tokens(who: Who, application: Id, page: PageRequest): Promise<Page<ApplicationToken>>;
  revokeToken(who: Who, input: { application: Id; token: Id }): Promise<void>;
}
