import { PlazaError } from '../../../contracts/errors.ts';
import type { Deps } from './deps.ts';
import { cleanClientId, cleanDeviceName, cleanEmail } from './fields.ts';
import type { Accounts } from './index.ts';
import { chosenPassword } from './passwordRules.ts';
import { type AccountRow, accountColumns } from './rows.ts';
import { sendFirstCode } from './sendEmailCode.ts';
import { openDevice, signedIn } from './session.ts';
import { checkTries, countTry, takenAnswers } from './throttle.ts';

export function signUp(deps: Deps): Accounts['signUp'] {
  const { sql, policy, people, communities, keys, passwords, settings } = deps;

  return async (who, input) => {
    if (settings.signUp === 'closed' && who.role === 'guest') {
      throw new PlazaError('forbidden', 'Signing up is closed here; ask an admin to add you.', { rule: 'sign-up-closed' });
    }
    if (settings.signUp === 'closed' || who.role === 'application') policy.ask('people.write', policy.standing(who));
    const email = cleanEmail(input.email);
    const password = chosenPassword(input.password, [email, input.name, input.handle ?? '']);
    const client = { clientId: cleanClientId(input.clientId), name: cleanDeviceName(input.deviceName), address: who.address };

    const limits = takenAnswers(who);
    await checkTries(sql, limits);
    const taken = async () => {
      await countTry(sql, limits);
      return new PlazaError('taken', 'There is an account with this e-mail address; sign in instead.', {
        field: 'email',
        rule: 'email-taken',
      });
    };
    // Looked at before the costly hash; the insert below decides.
    const [known] = await sql`select from accounts where application = ${who.application} and lower(email) = ${email.toLowerCase()}`;
    if (known) throw await taken();

    // Before the transaction: its connection must not wait for another one.
    await keys.signing();
    const passwordHash = await passwords.hash(password);
    const made = await sql.begin(async (tx) => {
      const [account] = await tx<AccountRow[]>`
        insert into accounts as a (application, email, password_hash) values (${who.application}, ${email}, ${passwordHash})
        on conflict (application, lower(email)) do nothing returning ${accountColumns(tx)}`;
      if (!account) return null;
      const person = await people.add(tx, { application: who.application, account: account.id, name: input.name, handle: input.handle });
      const { row: device, refresh } = await openDevice(tx, deps, { account: account.id, ...client });
      await communities.joinOfficial(tx, { application: who.application, person: person.id });
      return { account, person, device, refresh };
    });
    if (!made) throw await taken();
    await sendFirstCode(deps, who, made.account);
    return signedIn(deps, who.application, made);
  };
}
