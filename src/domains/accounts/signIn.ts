import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Pool } from '../../engines/postgres/index.ts';
import type { Who } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import { cleanClientId, cleanDeviceName, cleanEmail } from './fields.ts';
import type { Accounts } from './index.ts';
import { cleanPassword } from './passwordRules.ts';
import { type AccountRow, accountColumns } from './rows.ts';
import { openDevice, signedIn } from './session.ts';
import { countTry, passwordTries, passwordTriesAtHome, succeeded, triesFrom } from './throttle.ts';

type Found = AccountRow & { password_hash: string; person: Id; handle: string; name: string; bot: boolean; avatar: string | null };

export function signIn(deps: Deps): Accounts['signIn'] {
  const { sql, policy, keys, passwords } = deps;

  return async (who, input) => {
    if (who.role === 'application') policy.ask('people.write', policy.standing(who));
    const email = cleanEmail(input.email);
    const password = cleanPassword(input.password);
    const client = { clientId: cleanClientId(input.clientId), name: cleanDeviceName(input.deviceName), address: who.address };

    const home = await isHome(sql, who, email);
    const [ofAccount, ofAddress] = [[home ? passwordTriesAtHome(who, email) : passwordTries(who, email)], triesFrom(who)];
    await countTry(sql, [...ofAccount, ...ofAddress]);
    const [found] = await sql<Found[]>`
      select ${accountColumns(sql)}, a.password_hash, p.id as person, p.handle, p.name, p.bot, p.avatar
      from accounts a join people p on p.account = a.id
      where a.application = ${who.application} and lower(a.email) = ${email.toLowerCase()}`;
    // The same answer and the same work, whether the account is not there or the password is wrong.
    const right = await passwords.matches(found?.password_hash ?? null, password);
    if (!found || !right) throw new PlazaError('wrong_credentials');

    await keys.signing();
    const opened = await sql.begin(async (tx) => {
      // The password may have been changed meanwhile; from here on, who changes it signs this device out too.
      const [still] = await tx`select from accounts where id = ${found.id} and password_hash = ${found.password_hash} for share`;
      if (!still) return null;
      return openDevice(tx, deps, { account: found.id, ...client });
    });
    if (!opened) throw new PlazaError('wrong_credentials');
    await succeeded(sql, { clear: ofAccount, uncount: ofAddress });
    const person = { id: found.person, handle: found.handle, name: found.name, bot: found.bot, avatar: found.avatar };
    return signedIn(deps, who.application, { account: found, person, device: opened.row, refresh: opened.refresh });
  };
}

/** Whether one of the account's devices was last seen at this very address. */
async function isHome(sql: Pool, who: Who, email: string): Promise<boolean> {
  const [device] = await sql`
    select from accounts a join devices d on d.account = a.id
    where a.application = ${who.application} and lower(a.email) = ${email.toLowerCase()} and d.address = ${who.address.slice(0, 100)} limit 1`;
  return device !== undefined;
}
