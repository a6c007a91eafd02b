import { PlazaError } from '../../../contracts/errors.ts';
import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import { refuse } from './fields.ts';
import type { People } from './index.ts';
import { columns, type ProfileRow, toProfile } from './rows.ts';

export function profile({ sql, policy }: Deps): People['profile'] {
  return async (who, { id, handle }) => {
    if ((id === undefined) === (handle === undefined)) refuse('id', 'one-of-two', 'Give either an id or a handle.');
    policy.ask('people.see', policy.standing(who));
    const wanted = id === undefined ? sql`lower(handle) = ${asHandle(handle ?? '')}` : sql`id = ${isId(id) ? id : '0'}`;
    const [row] = await sql<ProfileRow[]>`select ${columns(sql)} from people where application = ${who.application} and ${wanted}`;
    if (!row) throw new PlazaError('not_found', 'There is nobody by that name here.');
    return toProfile(row);
  };
}

/** As a caller writes it; what cannot be a handle becomes one that nobody has. */
function asHandle(value: string): string {
  const handle = value.trim().replace(/^@/, '').toLowerCase();
  return /^[a-z0-9_.-]{2,30}$/.test(handle) ? handle : '';
}
