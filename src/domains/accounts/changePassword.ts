import { PlazaError } from '../../../contracts/errors.ts';
import { voidCodes } from './codes.ts';
import type { Deps } from './deps.ts';
import type { Accounts } from './index.ts';
import { mine } from './mine.ts';
import { chosenPassword, cleanPassword } from './passwordRules.ts';
import { closeDevices, forgetDevices } from './signOut.ts';
import { countTry, passwordTries, succeeded } from './throttle.ts';

/** Signs all other devices out. */
export function changePassword({ sql, passwords, standings }: Deps): Accounts['changePassword'] {
  return async (who, input) => {
    const { account, device } = mine(who);
    const current = cleanPassword(input.current, 'current');
    const [found] = await sql<{ email: string; password_hash: string }[]>`select email, password_hash from accounts where id = ${account}`;
    if (!found) throw new PlazaError('unauthenticated');
    const next = chosenPassword(input.next, [found.email, who.person?.name ?? '', who.person?.handle ?? ''], 'next');

    // Who came by a token only may not guess the password faster than who signs in.
    const limits = [passwordTries(who, found.email)];
    await countTry(sql, limits);
    if (!(await passwords.matches(found.password_hash, current))) {
      throw new PlazaError('wrong_credentials', 'The present password is not right.', { field: 'current', rule: 'present-password' });
    }
    await succeeded(sql, { clear: limits, uncount: [] });

    const hash = await passwords.hash(next);
    const signedOut = await sql.begin(async (tx) => {
      const [changed] = await tx`
        update accounts set password_hash = ${hash} where id = ${account} and password_hash = ${found.password_hash} returning id`;
      if (!changed) throw new PlazaError('conflict', 'The password was just changed elsewhere.', { rule: 'password-changed' });
      await voidCodes(tx, account, 'reset_password');
      return closeDevices(tx, { account, except: device });
    });
    forgetDevices(standings, signedOut);
  };
}
