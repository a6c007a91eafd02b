import { makeCode } from './codes.ts';
import type { Deps } from './deps.ts';
import type { Accounts } from './index.ts';
import { sendLater, verifyLetter } from './letters.ts';
import { me } from './me.ts';
import { countTry, lettersTo } from './throttle.ts';

/** Nothing is sent for an address that is verified already. */
export function sendEmailCode(deps: Deps): Accounts['sendEmailCode'] {
  const { sql, vault, settings } = deps;
  return async (who) => {
    const account = await me(deps)(who);
    if (account.emailVerified) return;
    await countTry(sql, [lettersTo(who, account.email)]);
    const code = await makeCode(sql, vault, account.id, 'verify_email');
    sendLater(deps, verifyLetter(account.email, code, settings.publicUrl));
  };
}
