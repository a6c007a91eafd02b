import { randomInt, timingSafeEqual } from 'node:crypto';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Pool, Transaction } from '../../engines/postgres/index.ts';
import type { Vault } from './vault.ts';

export type Purpose = 'reset_password' | 'verify_email';

export const codeMinutes = 30;
const mostAttempts = 5;

/** A fresh code of 8 digits for one purpose; the older ones are void. Only its mac is kept: so few digits would be guessed from a hash. */
export async function makeCode(sql: Pool, vault: Vault, account: Id, purpose: Purpose): Promise<string> {
  const code = String(randomInt(100_000_000)).padStart(8, '0');
  await sql.begin(async (tx) => {
    await voidCodes(tx, account, purpose);
    await tx`
      insert into one_time_codes (account, purpose, hash, expires_at)
      values (${account}, ${purpose}, ${codeHash(vault, account, purpose, code)}, now() + ${codeMinutes} * interval '1 minute')`;
  });
  return code;
}

export async function voidCodes(tx: Transaction, account: Id, purpose: Purpose): Promise<void> {
  await tx`delete from one_time_codes where account = ${account} and purpose = ${purpose}`;
}

/**
 * Uses up an attempt on the newest code, whatever comes of it; so it must not run in a transaction that may fail.
 * @returns the code's id for `useCode`, or null when it is not the code
 */
export async function tryCode(sql: Pool, vault: Vault, account: Id, purpose: Purpose, code: string): Promise<Id | null> {
  const [kept] = await sql<{ id: Id; hash: Buffer }[]>`
    update one_time_codes set attempts = attempts + 1
    where id = (select id from one_time_codes where account = ${account} and purpose = ${purpose} order by id desc limit 1)
      and used_at is null and expires_at > now() and attempts < ${mostAttempts}
    returning id, hash`;
  const given = codeHash(vault, account, purpose, code.replace(/[\s-]/g, ''));
  return kept && timingSafeEqual(kept.hash, given) ? kept.id : null;
}

/** Marks the code used, in the transaction that holds its effect. @throws wrong_code when another was faster */
export async function useCode(tx: Transaction, id: Id): Promise<void> {
  const [used] = await tx`update one_time_codes set used_at = now() where id = ${id} and used_at is null returning id`;
  if (!used) throw new PlazaError('wrong_code');
}

function codeHash(vault: Vault, account: Id, purpose: Purpose, code: string): Buffer {
  return vault.mac('one-time codes', `${account}/${purpose}/${code}`);
}
