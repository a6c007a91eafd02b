import type { Id } from '../../../contracts/nouns.ts';
import { makeCode } from './codes.ts';
import type { Deps } from './deps.ts';
import { cleanEmail } from './fields.ts';
import type { Accounts } from './index.ts';
import { resetLetter, sendLater } from './letters.ts';
import { countTry, lettersFrom, lettersTo } from './throttle.ts';

export function forgotPassword(deps: Deps): Accounts['forgotPassword'] {
  const { sql, policy, vault, settings } = deps;
  return async (who, input) => {
    if (who.role === 'application') policy.ask('people.write', policy.standing(who));
    const email = cleanEmail(input.email);
    await countTry(sql, [lettersTo(who, email), ...lettersFrom(who)]);
    const [found] = await sql<{ id: Id; email: string }[]>`
      select id, email from accounts where application = ${who.application} and lower(email) = ${email.toLowerCase()}`;
    if (!found) return;
    const code = await makeCode(sql, vault, found.id, 'reset_password');
    sendLater(deps, resetLetter(found.email, code, settings.publicUrl));
  };
}
