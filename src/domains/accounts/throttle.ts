import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Pool } from '../../engines/postgres/index.ts';
import type { Who } from '../policy/index.ts';

/** Tries of one kind within `minutes`, counted in the database and so by all processes together. */
export interface Limit {
  key: string;
  most: number;
}

const minutes = 15;

/** Wrong passwords for one account; the key is the same whether there is such an account or not. */
export const passwordTries = (who: Who, email: string): Limit => ({ key: `account/${digest(who, email)}`, most: 10 });
/**
 * The same from where the account has signed in before, counted apart: who guesses elsewhere cannot keep its owner out.
 * Elsewhere nothing tells that there is such a place.
 */
export const passwordTriesAtHome = (who: Who, email: string): Limit => ({
  key: `account/${digest(who, email)}/${network(who.address)}`,
  most: 10,
});
export const codeTries = (who: Who, email: string): Limit => ({ key: `code/${digest(who, email)}`, most: 20 });
export const lettersTo = (who: Who, email: string): Limit => ({ key: `letters/${digest(who, email)}`, most: 3 });
/** Sign-ups with an address that has an account: each tells that it has. */
export const takenAnswers = (who: Who): Limit[] => fromAddress(who, 'taken', 20);
export const triesFrom = (who: Who): Limit[] => fromAddress(who, 'tries', 100);
export const lettersFrom = (who: Who): Limit[] => fromAddress(who, 'letters', 30);

/**
 * Letters that sign-ups send to addresses nobody has confirmed. Counted apart from those that are asked for: how many of
 * these an address still gets must not tell that it has an account.
 */
export const firstLettersFrom = (who: Who): Limit[] => fromAddress(who, 'first-letters', 30);

/** An application's server signs in all of its people from one address; it answers for them with its token. */
function fromAddress(who: Who, kind: string, most: number): Limit[] {
  return who.role === 'application' ? [] : [{ key: `${kind}/${network(who.address)}`, most }];
}

/**
 * Counts a try under each limit before it is made, so that many at once cannot pass together.
 * @throws too_many_requests
 */
export async function countTry(sql: Pool, limits: readonly Limit[]): Promise<void> {
  const keys = limits.map((limit) => limit.key);
  // In order of key, so that two of these never wait for each other; what is long over is swept on the way.
  const rows = await sql<{ key: string; count: number; wait: number }[]>`
    with swept as (
      delete from sign_in_failures where key in (
        select key from sign_in_failures where since < now() - ${minutes} * interval '1 minute' and key <> all (${keys}::text[])
        order by since limit 5 for update skip locked))
    insert into sign_in_failures as f (key, count, since) select key, 1, now() from unnest(${keys}::text[]) as key order by key
    on conflict (key) do update set
      count = case when f.since <= now() - ${minutes} * interval '1 minute' then 1 else least(f.count + 1, 1000000) end,
      since = case when f.since <= now() - ${minutes} * interval '1 minute' then now() else f.since end
    returning key, count, ceil(extract(epoch from since + ${minutes} * interval '1 minute' - now()))::int as wait`;
  refuseOver(limits, rows);
}

/** Refuses like `countTry`, without counting. @throws too_many_requests */
export async function checkTries(sql: Pool, limits: readonly Limit[]): Promise<void> {
  const rows = await sql<{ key: string; count: number; wait: number }[]>`
    select key, count + 1 as count, ceil(extract(epoch from since + ${minutes} * interval '1 minute' - now()))::int as wait
    from sign_in_failures where key = any (${limits.map((limit) => limit.key)}::text[]) and since > now() - ${minutes} * interval '1 minute'`;
  refuseOver(limits, rows);
}

/**
 * The try succeeded: the limits in `clear` start afresh, those in `uncount` forget this one. To be called outside of
 * transactions: each statement holds one limit at a time, so nobody waits in a circle.
 */
export async function succeeded(sql: Pool, { clear, uncount }: { clear: readonly Limit[]; uncount: readonly Limit[] }): Promise<void> {
  await sql`delete from sign_in_failures where key = any (${clear.map((limit) => limit.key)}::text[])`;
  await sql`update sign_in_failures set count = greatest(count - 1, 0) where key = any (${uncount.map((limit) => limit.key)}::text[])`;
}

function refuseOver(limits: readonly Limit[], rows: readonly { key: string; count: number; wait: number }[]): void {
  const over = rows.filter((row) => row.count > (limits.find((limit) => limit.key === row.key)?.most ?? 0));
  if (over.length === 0) return;
  const retryAfter = Math.max(1, ...over.map((row) => row.wait));
  throw new PlazaError('too_many_requests', 'Too many tries; wait a while and try again.', { rule: 'too-many-tries', retryAfter });
}

function digest(who: Who, email: string): string {
  return createHash('sha256').update(`${who.application}/${email.toLowerCase()}`).digest('base64url');
}

/** One household is one address: all of an IPv4 address, the first 64 bits of an IPv6 one. */
export function network(address: string): string {
  const bare = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(bare)) return bare.slice(0, 100);
  const [head = '', tail] = bare.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}
