import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { PlazaError } from '../../../contracts/errors.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Sql, Transaction } from '../../engines/postgres/index.ts';
import { text } from '../../kit/text.ts';
import { defaultApplication } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import type { Accounts } from './index.ts';
import { mine } from './mine.ts';
import { type AccountRow, accountColumns, toAccount } from './rows.ts';

/** Letters that cannot be taken for one another; 20 of them hold 100 bits. */
const letters = 'abcdefghjkmnpqrstvwxyz0123456789';

/** Each start makes a new one, since only a hash is kept; the newest is good. */
export function firstAdminCode({ sql }: Deps): Accounts['firstAdminCode'] {
  return () =>
    sql.begin(async (tx) => {
      await lockedHash(tx);
      if (await anyAdmin(tx)) return null;
      const code = Array.from({ length: 20 }, () => letters[randomInt(letters.length)]).join('');
      await tx`update installation set first_admin_code_hash = ${codeHash(code)}`;
      return code.replace(/(.{5})(?=.)/g, '$1-');
    });
}

export function claimFirstAdmin({ sql, standings }: Deps): Accounts['claimFirstAdmin'] {
  return async (who, input) => {
    const { account } = mine(who);
    const code = text(input.code, { field: 'code', max: 60 });
    if (who.application !== defaultApplication)
      throw new PlazaError('forbidden', 'The first admin belongs to the place itself, not to one of its applications.');
    const row = await sql.begin(async (tx) => {
      const hash = await lockedHash(tx);
      if (hash === null || !timingSafeEqual(hash, codeHash(code)) || (await anyAdmin(tx))) throw new PlazaError('wrong_code');
      await tx`update installation set first_admin_code_hash = null`;
      const [made] = await tx<AccountRow[]>`update accounts a set role = 'admin' where id = ${account} returning ${accountColumns(tx)}`;
      if (!made) throw new PlazaError('unauthenticated');
      await emit(tx, [{ topic: { kind: 'access' }, event: { type: 'access', account } }]);
      return made;
    });
    standings.forget({ type: 'access', account });
    return toAccount(row);
  };
}

/** Of several who claim at once each waits here for the one before. */
async function lockedHash(tx: Transaction): Promise<Buffer | null> {
  const [row] = await tx<{ hash: Buffer | null }[]>`select first_admin_code_hash as hash from installation for update`;
  if (!row) throw new Error('The installation has no row yet.');
  return row.hash;
}

async function anyAdmin(sql: Sql): Promise<boolean> {
  const [row] = await sql`select from accounts where application = ${defaultApplication} and role = 'admin' limit 1`;
  return row !== undefined;
}

function codeHash(code: string): Buffer {
  return createHash('sha256')
    .update(code.toLowerCase().replace(/[^a-z0-9]/g, ''))
    .digest();
}
