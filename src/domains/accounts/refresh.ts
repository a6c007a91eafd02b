import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import type { Who } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import type { Accounts } from './index.ts';
import { type AccountRow, accountColumns, type DeviceRow, deviceColumns } from './rows.ts';
import { keepRefresh, nextRefresh, refreshHash, signedIn } from './session.ts';
import { closeDevices, forgetDevices } from './signOut.ts';

/**
 * An answer can be lost on its way, and two tabs of one browser may ask at once. So within this many seconds a used
 * token is answered once more, with the very same next token, as long as that one was not used. Later, or when the
 * next one is already in use, two hold what one should: the device is signed out. A thief gains nothing that lasts:
 * owner and thief then hold one token, and whoever uses it second, later than these seconds, ends it for both.
 */
const repeatSeconds = 20;

type Bearer = AccountRow & { application: Id; person: Id; handle: string; name: string; bot: boolean; avatar: string | null };

export function refresh(deps: Deps): Accounts['refresh'] {
  const { sql, keys, log, standings } = deps;

  return async (who, input) => {
    const token = input.refresh;
    if (typeof token !== 'string' || token.length > 200) throw unknown();
    await keys.signing();
    const outcome = await sql.begin((tx) => rotate(tx, deps, who, token));
    if (outcome === null) throw unknown();
    if ('reused' in outcome) {
      forgetDevices(standings, outcome.reused);
      log.warn({ devices: outcome.reused }, 'a refresh token came a second time; its device was signed out');
      throw new PlazaError('unauthenticated', 'This refresh token was used before; the device was signed out. Sign in again.');
    }
    const { bearer, device, next } = outcome;
    const person = { id: bearer.person, handle: bearer.handle, name: bearer.name, bot: bearer.bot, avatar: bearer.avatar };
    return signedIn(deps, bearer.application, { account: bearer, person, device, refresh: next });
  };
}

/** All changes of a device's tokens hold the device's row, so of two that come at once the second sees what the first did. */
async function rotate(tx: Transaction, deps: Deps, who: Who, token: string) {
  const hash = refreshHash(token);
  const [device] = await tx<(DeviceRow & { account: Id })[]>`
    select ${deviceColumns(tx)}, account from devices
    where id = (select device from refresh_tokens where hash = ${hash}) and signed_out_at is null for update`;
  const [kept] = await tx<{ used: boolean; repeated: boolean }[]>`
    select used_at is not null as used, used_at > now() - ${repeatSeconds} * interval '1 second' as repeated
    from refresh_tokens where hash = ${hash} and expires_at > now()`;
  if (!device || !kept) return null;
  const [bearer] = await tx<Bearer[]>`
    select ${accountColumns(tx)}, a.application, p.id as person, p.handle, p.name, p.bot, p.avatar
    from accounts a join people p on p.account = a.id where a.id = ${device.account}`;
  // A guest's token says itself where it belongs; any other caller speaks for one application only.
  if (!bearer || (who.role !== 'guest' && bearer.application !== who.application)) return null;

  const next = nextRefresh(deps.vault, token);
  if (kept.used) {
    const [unused] = await tx`select from refresh_tokens where hash = ${refreshHash(next)} and used_at is null and expires_at > now()`;
    if (!kept.repeated || !unused) return { reused: await closeDevices(tx, { account: device.account, only: [device.id] }) };
  } else {
    await tx`update refresh_tokens set used_at = now() where hash = ${hash}`;
    await keepRefresh(tx, device.id, next, deps.settings.refreshDays);
    await tx`update devices set seen_at = now(), address = ${who.address.slice(0, 100)} where id = ${device.id}`;
  }
  return { bearer, device, next };
}

function unknown(): PlazaError {
  return new PlazaError('unauthenticated', 'The refresh token is not known, has expired or its device was signed out; sign in again.');
}
