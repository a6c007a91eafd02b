import type { ApplicationRole, Id } from '../../../contracts/nouns.ts';
import type { Sql } from '../../engines/postgres/index.ts';
import type { Account, Device } from './index.ts';

export interface AccountRow {
  id: Id;
  email: string;
  email_verified_at: Date | null;
  role: ApplicationRole;
  created_at: Date;
}

/** The columns of an `AccountRow`, of the alias `a`. */
export function accountColumns(sql: Sql) {
  return sql`a.id, a.email, a.email_verified_at, a.role, a.created_at`;
}

export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    role: row.role,
    createdAt: row.created_at.toISOString(),
  };
}

export interface DeviceRow {
  id: Id;
  client_id: string | null;
  name: string;
  address: string;
  created_at: Date;
  seen_at: Date;
}

/** The columns of a `DeviceRow`. */
export function deviceColumns(sql: Sql) {
  return sql`id, client_id, name, address, created_at, seen_at`;
}

export function toDevice(row: DeviceRow, current: Id | null): Device {
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    address: row.address,
    createdAt: row.created_at.toISOString(),
    seenAt: row.seen_at.toISOString(),
    current: row.id === current,
  };
}
