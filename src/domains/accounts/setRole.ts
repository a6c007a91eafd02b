import { PlazaError } from '../../../contracts/errors.ts';
import type { ApplicationRole, Id } from '../../../contracts/nouns.ts';
import { emit } from '../../engines/feed/emit.ts';
import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Accounts } from './index.ts';
import { type AccountRow, accountColumns, toAccount } from './rows.ts';

const roles: readonly string[] = ['admin', 'moderator', 'member'] satisfies ApplicationRole[];

export function setRole({ sql, policy, standings }: Deps): Accounts['setRole'] {
  return async (who, { account, person, role }) => {
    policy.ask('account.set_role', policy.standing(who));
    if (!roles.includes(role)) throw new PlazaError('invalid_input', `A role is one of ${roles.join(', ')}.`, { field: 'role' });
    if ((account === undefined) === (person === undefined)) {
      throw new PlazaError('invalid_input', 'Give either an account or a person.', { field: 'account' });
    }
    const given = account ?? person;
    const target = isId(given) ? given : '0';
    const row = await sql.begin(async (tx) => {
      // All admins are held, so that two cannot make each other members at the same moment and leave none.
      const admins = await tx<{ id: Id }[]>`
        select id from accounts where application = ${who.application} and role = 'admin' order by id for update`;
      if (!admins.some((admin) => admin.id === who.account)) throw new PlazaError('forbidden', 'You are no admin any more.');
      const [found] = await tx<{ id: Id }[]>`
        select a.id from accounts a where a.application = ${who.application}
          and a.id = ${account === undefined ? tx`(select p.account from people p where p.id = ${target})` : tx`${target}`}`;
      if (!found) throw new PlazaError('not_found', 'There is no such account here.');
      if (role !== 'admin' && admins.length === 1 && admins[0]?.id === found.id) {
        throw new PlazaError('conflict', 'You are the only admin; make somebody else admin first.', { field: 'role' });
      }
      const [changed] = await tx<AccountRow[]>`update accounts a set role = ${role} where id = ${found.id} returning ${accountColumns(tx)}`;
      if (!changed) throw new PlazaError('not_found');
      await emit(tx, [{ topic: { kind: 'access' }, event: { type: 'access', account: found.id } }]);
      return changed;
    });
    standings.forget({ type: 'access', account: row.id });
    return toAccount(row);
  };
}
