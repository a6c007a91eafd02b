import { asRefusal } from '../../../contracts/errors.ts';
import type { Who } from '../policy/index.ts';
import { makeCode } from './codes.ts';
import type { Deps } from './deps.ts';
import type { Account, Accounts } from './index.ts';
import { sendLater, verifyLetter } from './letters.ts';
import { me } from './me.ts';
import { countTry, firstLettersFrom, lettersTo } from './throttle.ts';

/** Nothing is sent for an address that is verified already. */
export function sendEmailCode(deps: Deps): Accounts['sendEmailCode'] {
  return async (who) => {
    const account = await me(deps)(who);
    if (account.emailVerified) return;
    await countTry(deps.sql, [lettersTo(who, account.email)]);
    await send(deps, account);
  };
}

/**
 * The letter that comes by itself with a new account. The account is there whatever becomes of it, so nothing is thrown:
 * another can be asked for. People of an application hear from that, and are sent nothing unasked.
 */
export async function sendFirstCode(deps: Deps, who: Who, account: Pick<Account, 'id' | 'email'>): Promise<void> {
  if (who.role === 'application') return;
  try {
    await countTry(deps.sql, firstLettersFrom(who));
    await send(deps, account);
  } catch (error) {
    if (asRefusal(error).code !== 'too_many_requests') deps.log.error({ err: error }, 'the first letter of an account was not sent');
  }
}

async function send(deps: Deps, { id, email }: Pick<Account, 'id' | 'email'>): Promise<void> {
  const code = await makeCode(deps.sql, deps.vault, id, 'verify_email');
  sendLater(deps, verifyLetter(email, code, deps.settings.publicUrl));
}
