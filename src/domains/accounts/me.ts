import { PlazaError } from '../../../contracts/errors.ts';
import type { Deps } from './deps.ts';
import type { Accounts } from './index.ts';
import { mine } from './mine.ts';
import { type AccountRow, accountColumns, toAccount } from './rows.ts';

export function me({ sql }: Deps): Accounts['me'] {
  return async (who) => {
    const { account } = mine(who);
    const [row] = await sql<AccountRow[]>`select ${accountColumns(sql)} from accounts a where a.id = ${account}`;
    if (!row) throw new PlazaError('unauthenticated');
    return toAccount(row);
  };
}
