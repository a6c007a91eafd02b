import type { Id } from '../../../contracts/nouns.ts';
import type { Sql } from '../../engines/postgres/index.ts';
import type { Scope } from '../policy/index.ts';
import type { Application, ApplicationToken } from './index.ts';

export interface ApplicationRow {
  id: Id;
  name: string;
  last_chat_number: number;
  created_at: Date;
  updated_at: Date;
}

/** The columns of an `ApplicationRow`. */
export function columns(sql: Sql) {
  return sql`id, name, last_chat_number, created_at, updated_at`;
}

export function toApplication(row: ApplicationRow): Application {
  return {
    id: row.id,
    name: row.name,
    chatsCount: row.last_chat_number,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export interface TokenRow {
  id: Id;
  name: string;
  scopes: Scope[];
  expires_at: Date | null;
  used_at: Date | null;
  created_at: Date;
}

/** The columns of a `TokenRow`. */
export function tokenColumns(sql: Sql) {
  return sql`id, name, scopes, expires_at, used_at, created_at`;
}

export function toToken(row: TokenRow): ApplicationToken {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    expiresAt: row.expires_at?.toISOString() ?? null,
    usedAt: row.used_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  };
}
