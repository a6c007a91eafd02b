import { PlazaError } from '../../../contracts/errors.ts';
import type { Id, Person } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { bringInPeople, type PastPerson } from '../people/index.ts';
import { cleanEmail } from './fields.ts';
import { chosenPassword } from './passwordRules.ts';
import { createPasswords } from './passwords.ts';

export interface PastAccount extends Omit<PastPerson, 'application' | 'account'> {
  email: string;
}

/**
 * Brings accounts and their people in with the past they had, their e-mail addresses verified; answers in the same
 * order. They share one password, hashed once: it is for examples, and for imports whose people then set their own.
 * @throws invalid_input, taken
 */
export async function bringInAccounts(
  tx: Transaction,
  application: Id,
  password: string,
  accounts: readonly PastAccount[],
): Promise<Person[]> {
  const hash = await createPasswords().hash(chosenPassword(password, []));
  const emails = accounts.map((account) => cleanEmail(account.email).toLowerCase());
  const rows = await tx<{ id: Id; email: string }[]>`
    insert into accounts (application, email, password_hash, email_verified_at, created_at)
    select ${application}, email, ${hash}, created_at, created_at
    from unnest(${emails}::text[], ${accounts.map((account) => account.createdAt.toISOString())}::timestamptz[]) as a (email, created_at)
    on conflict (application, lower(email)) do nothing
    returning id, email`;
  const ids = new Map(rows.map((row) => [row.email, row.id]));
  const people = accounts.map((account, i): PastPerson => {
    const id = ids.get(emails[i] ?? '');
    if (id === undefined)
      throw new PlazaError('taken', `There is an account with the e-mail address ${account.email}.`, { field: 'email' });
    return { ...account, application, account: id };
  });
  return await bringInPeople(tx, people);
}
