import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Accounts } from './index.ts';
import { mine } from './mine.ts';

const most = 100;

export function signOut({ sql, standings }: Deps): Accounts['signOut'] {
  return async (who, { devices, all }) => {
    const { account, device } = mine(who);
    if (devices && devices.length > most) throw new PlazaError('invalid_input', `At most ${most} devices at once.`, { field: 'devices' });
    const only = all ? null : [...new Set(devices ?? [device])];
    const signedOut = await sql.begin(async (tx) => {
      if (only) await mustBeMine(tx, account, only);
      return closeDevices(tx, { account, only });
    });
    forgetDevices(standings, signedOut);
    return { signedOut };
  };
}

/** Signed out before is fine; somebody else's is not there. */
async function mustBeMine(tx: Transaction, account: Id, devices: Id[]): Promise<void> {
  const [{ count = 0 } = {}] = await tx<{ count: number }[]>`
    select count(*)::int as count from devices where account = ${account} and id = any (${devices.filter(isId)}::bigint[])`;
  if (count !== devices.length) throw new PlazaError('not_found', 'That is no device of yours.', { field: 'devices' });
}

/** Signs devices of an account out, so that every process hears of it; gives those that were signed in. */
export async function closeDevices(
  tx: Transaction,
  { account, only = null, except = null }: { account: Id; only?: Id[] | null; except?: Id | null },
): Promise<Id[]> {
  const rows = await tx<{ id: Id }[]>`
    update devices set signed_out_at = now() where id in (
      select id from devices
      where account = ${account} and signed_out_at is null and id is distinct from ${except}::bigint
        and ${only === null ? tx`true` : tx`id = any (${only}::bigint[])`}
      order by id for update)
    returning id`;
  const ids = rows.map((row) => row.id);
  await tx`delete from refresh_tokens where device = any (${ids}::bigint[])`;
  await emit(
    tx,
    ids.map((device) => ({ topic: { kind: 'access' }, event: { type: 'access', device } })),
  );
  return ids;
}

/** This process does not wait for the feed to tell it. */
export function forgetDevices(standings: Deps['standings'], devices: readonly Id[]): void {
  for (const device of devices) standings.forget({ type: 'access', device });
}
