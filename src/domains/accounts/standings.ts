import { PlazaError } from '../../../contracts/errors.ts';
import type { AccessEvent } from '../../../contracts/events.ts';
import type { ApplicationRole, Id } from '../../../contracts/nouns.ts';
import { numbers, type Pool } from '../../engines/postgres/index.ts';
import { gathered, whenManyCome } from '../../kit/gathered.ts';
import { createMemory } from '../../kit/memory.ts';
import type { Who } from '../policy/index.ts';
import type { Claims } from './accessTokens.ts';

type Standing = Omit<Who, 'address'>;

interface BearerRow {
  device: Id;
  account: Id;
  application: Id;
  role: ApplicationRole;
  person: Id;
  handle: string;
  name: string;
  bot: boolean;
  avatar: string | null;
}

/** How the bearer of an access token stands now: signed in still, in which role, under which name. */
export interface Standings {
  /** @throws unauthenticated once the device is signed out */
  of(claims: Claims): Promise<Standing>;
  forget(event: AccessEvent | 'everything'): void;
  remember(on: boolean): void;
}

export function createStandings(sql: Pool): Standings {
  // Apart, because events name the one or the other: a device is remembered while it is signed in.
  const devices = createMemory<{ account: Id }>(50_000);
  const accounts = createMemory<Omit<Standing, 'device'>>(50_000);

  async function load(asked: readonly Claims[]): Promise<(Standing | null)[]> {
    const keep = { device: devices.loading(), account: accounts.loading() };
    const rows = await sql<BearerRow[]>`
      select d.id as device, d.account, a.application, a.role, p.id as person, p.handle, p.name, p.bot, p.avatar
      from devices d join accounts a on a.id = d.account join people p on p.account = a.id
      where d.id = any(${numbers(asked.map(({ device }) => device))}::bigint[]) and d.signed_out_at is null`;
    const found = new Map(rows.map((row) => [row.device, row]));
    return asked.map(({ device, account }) => {
      const row = found.get(device);
      if (row?.account !== account) return null;
      const standing = {
        application: row.application,
        role: row.role,
        person: { id: row.person, handle: row.handle, name: row.name, bot: row.bot, avatar: row.avatar },
        account,
        scopes: [],
      };
      keep.device(device, { account });
      keep.account(account, standing);
      return { ...standing, device };
    });
  }

  /** When many come back at the same moment. */
  const loaded = gathered(load, whenManyCome);

  return {
    async of(claims) {
      const standing = devices.get(claims.device)?.account === claims.account ? accounts.get(claims.account) : undefined;
      if (standing) return { ...standing, device: claims.device };
      const fresh = await loaded(claims);
      if (!fresh) throw new PlazaError('unauthenticated', 'This device was signed out; sign in again.');
      return fresh;
    },
    forget(event) {
      if (event === 'everything') {
        devices.forgetAll();
        accounts.forgetAll();
        return;
      }
      if (event.device !== undefined) devices.forget(event.device);
      if (event.account !== undefined) accounts.forget(event.account);
    },
    remember(on) {
      devices.remember(on);
      accounts.remember(on);
    },
  };
}
