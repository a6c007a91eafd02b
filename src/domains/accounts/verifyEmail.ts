import { PlazaError } from '../../../contracts/errors.ts';
import { text } from '../../kit/text.ts';
import { tryCode, useCode } from './codes.ts';
import type { Deps } from './deps.ts';
import type { Accounts } from './index.ts';
import { mine } from './mine.ts';
import { type AccountRow, accountColumns, toAccount } from './rows.ts';

export function verifyEmail({ sql, vault }: Deps): Accounts['verifyEmail'] {
  return async (who, input) => {
    const { account } = mine(who);
    const code = text(input.code, { field: 'code', max: 40 });
    const codeId = await tryCode(sql, vault, account, 'verify_email', code);
    if (codeId === null) throw new PlazaError('wrong_code');
    return sql.begin(async (tx) => {
      await useCode(tx, codeId);
      const [row] = await tx<AccountRow[]>`
        update accounts a set email_verified_at = coalesce(email_verified_at, now()) where id = ${account} returning ${accountColumns(tx)}`;
      if (!row) throw new PlazaError('unauthenticated');
      return toAccount(row);
    });
  };
}
