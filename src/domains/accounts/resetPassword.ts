import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { text } from '../../kit/text.ts';
import { tryCode, useCode } from './codes.ts';
import type { Deps } from './deps.ts';
import { cleanEmail } from './fields.ts';
import type { Accounts } from './index.ts';
import { chosenPassword } from './passwordRules.ts';
import { closeDevices, forgetDevices } from './signOut.ts';
import { codeTries, countTry, passwordTries, succeeded, triesFrom } from './throttle.ts';

/** Signs all devices out. Who has the code has the mailbox, so the address counts as verified too. */
export function resetPassword({ sql, policy, vault, passwords, standings }: Deps): Accounts['resetPassword'] {
  return async (who, input) => {
    if (who.role === 'application') policy.ask('people.write', policy.standing(who));
    const email = cleanEmail(input.email);
    const code = text(input.code, { field: 'code', max: 40 });
    const password = chosenPassword(input.password, [email]);

    const [tries, ofAddress] = [codeTries(who, email), triesFrom(who)];
    await countTry(sql, [tries, ...ofAddress]);
    const [account] = await sql<{ id: Id }[]>`
      select id from accounts where application = ${who.application} and lower(email) = ${email.toLowerCase()}`;
    const codeId = account ? await tryCode(sql, vault, account.id, 'reset_password', code) : null;
    if (!account || codeId === null) throw new PlazaError('wrong_code');

    const hash = await passwords.hash(password);
    const signedOut = await sql.begin(async (tx) => {
      await useCode(tx, codeId);
      await tx`
        update accounts set password_hash = ${hash}, email_verified_at = coalesce(email_verified_at, now()) where id = ${account.id}`;
      return closeDevices(tx, { account: account.id });
    });
    await succeeded(sql, { clear: [tries, passwordTries(who, email)], uncount: ofAddress });
    forgetDevices(standings, signedOut);
  };
}
