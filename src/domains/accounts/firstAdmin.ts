import { createHash, timingSafeEqual } from 'node:crypto';
import { PlazaError } from '../../../contracts/errors.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Sql, Transaction } from '../../engines/postgres/index.ts';
import { text } from '../../kit/text.ts';
import { defaultApplication } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import type { Accounts } from './index.ts';
import { mine } from './mine.ts';
import { type AccountRow, accountColumns, toAccount } from './rows.ts';
import type { Vault } from './vault.ts';

/** 32 letters that cannot be taken for one another, 5 bits each; 20 of them hold 100 bits. */
const letters = 'abcdefghjkmnpqrstvwxyz0123456789';

/** The same at every start and on every process, so that a link once printed stays good until there is an admin. */
export function firstAdminCode({ sql, vault }: Deps): Accounts['firstAdminCode'] {
  return () =>
    sql.begin(async (tx) => {
      const code = await lockedCode(tx, vault);
      return (await anyAdmin(tx)) ? null : code.replace(/(.{5})(?=.)/g, '$1-');
    });
}

export function claimFirstAdmin({ sql, vault, standings }: Deps): Accounts['claimFirstAdmin'] {
  return async (who, input) => {
    const { account } = mine(who);
    const code = text(input.code, { field: 'code', max: 60 });
    if (who.application !== defaultApplication)
      throw new PlazaError('forbidden', 'The first admin belongs to the place itself, not to one of its applications.');
    const row = await sql.begin(async (tx) => {
      const right = hash(await lockedCode(tx, vault));
      if (!timingSafeEqual(right, hash(code)) || (await anyAdmin(tx))) throw new PlazaError('wrong_code');
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
async function lockedCode(tx: Transaction, vault: Vault): Promise<string> {
  const [row] = await tx<{ created_at: Date }[]>`select created_at from installation for update`;
  if (!row) throw new Error('The installation has no row yet.');
  const bytes = vault.mac('first admin', row.created_at.toISOString()).subarray(0, 20);
  return [...bytes].map((byte) => letters[byte % letters.length]).join('');
}

async function anyAdmin(sql: Sql): Promise<boolean> {
  const [row] = await sql`select from accounts where application = ${defaultApplication} and role = 'admin' limit 1`;
  return row !== undefined;
}

/** However it was typed. */
function hash(code: string): Buffer {
  return createHash('sha256')
    .update(code.toLowerCase().replace(/[^a-z0-9]/g, ''))
    .digest();
}
