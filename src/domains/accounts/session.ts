import { createHash, randomBytes } from 'node:crypto';
import type { Id, Person } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import type { Who } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import type { SignedIn } from './index.ts';
import { type AccountRow, type DeviceRow, deviceColumns, toAccount, toDevice } from './rows.ts';

/** A refresh token has 256 bits, so a plain hash keeps it: there is nothing to guess from. */
export function refreshHash(refresh: string): Buffer {
  return createHash('sha256').update(refresh).digest();
}

/**
 * The token that follows this one. It is made from it with the secret, not drawn: so the same question, asked again
 * because the answer was lost, has the same answer, although only hashes are kept.
 */
export function nextRefresh(vault: Deps['vault'], refresh: string): string {
  return vault.mac('refresh tokens', refresh).toString('base64url');
}

/** Puts a refresh token in force, and sweeps some that have expired. */
export async function keepRefresh(tx: Transaction, device: Id, refresh: string, days: number): Promise<void> {
  await tx`
    with swept as (
      delete from refresh_tokens where hash in (
        select hash from refresh_tokens where expires_at < now() order by expires_at limit 5 for update skip locked))
    insert into refresh_tokens (hash, device, expires_at) values (${refreshHash(refresh)}, ${device}, now() + ${days} * interval '1 day')`;
}

/**
 * Signs a device in. A client that comes again by its own id is the same device; the refresh token that it had before
 * is void.
 */
export async function openDevice(
  tx: Transaction,
  { settings }: Deps,
  device: { account: Id; clientId: string | null; name: string; address: string },
): Promise<{ row: DeviceRow; refresh: string }> {
  const [row] = await tx<DeviceRow[]>`
    insert into devices (account, client_id, name, address)
    values (${device.account}, ${device.clientId}, ${device.name}, ${device.address.slice(0, 100)})
    on conflict (account, client_id) where client_id is not null and signed_out_at is null
    do update set name = excluded.name, address = excluded.address, seen_at = now()
    returning ${deviceColumns(tx)}`;
  if (!row) throw new Error('The insert gave no row back.');
  await tx`delete from refresh_tokens where device = ${row.id}`;
  const refresh = randomBytes(32).toString('base64url');
  await keepRefresh(tx, row.id, refresh, settings.refreshDays);
  return { row, refresh };
}

/** What somebody gets who has just signed in or come back. */
export async function signedIn(
  { accessTokens }: Deps,
  application: Who['application'],
  { account, person, device, refresh }: { account: AccountRow; person: Person; device: DeviceRow; refresh: string },
): Promise<SignedIn> {
  const access = await accessTokens.sign({ account: account.id, person: person.id, application, device: device.id });
  return { account: toAccount(account), person, device: toDevice(device, device.id), tokens: { ...access, refresh } };
}
