import { createHash, randomBytes } from 'node:crypto';
import type { Id } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import type { Scope } from '../policy/index.ts';
import type { ApplicationToken } from './index.ts';
import { type TokenRow, tokenColumns, toToken } from './rows.ts';

/** What every application's token begins with, so that people and secret scanners know one when they see it. */
export const tokenPrefix = 'plaza_app_';

/** A token has 256 random bits, so a plain hash keeps it: there is nothing to guess from. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** A new token: the only time that its text is there. */
export async function addToken(
  tx: Transaction,
  { application, name, scopes, expiresAt = null }: { application: Id; name: string; scopes: readonly Scope[]; expiresAt?: Date | null },
): Promise<{ token: string; details: ApplicationToken }> {
  const token = tokenPrefix + randomBytes(32).toString('base64url');
  const [row] = await tx<TokenRow[]>`
    insert into application_tokens (application, name, hash, scopes, expires_at)
    values (${application}, ${name}, ${tokenHash(token)}, ${[...scopes]}::text[], ${expiresAt})
    returning ${tokenColumns(tx)}`;
  if (!row) throw new Error('The insert gave no row back.');
  return { token, details: toToken(row) };
}
