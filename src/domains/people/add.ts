import { PlazaError } from '../../../contracts/errors.ts';
import { cleanName } from './fields.ts';
import { cleanHandle, handlesFor } from './handle.ts';
import type { People } from './index.ts';
import { type PersonRow, toPerson } from './rows.ts';

/** Enough to get past every crowd of people of one name: the random ones do not collide. */
const mostTries = 20;

export function add(): People['add'] {
  return async (tx, { application, account, name, handle, bot = false }) => {
    const clean = cleanName(name);
    const candidates = handle === undefined ? handlesFor(clean).take(mostTries) : [cleanHandle(handle)];
    for (const candidate of candidates) {
      // Waits for whoever is just taking the same handle, and then knows.
      const [row] = await tx<PersonRow[]>`
        insert into people (application, account, name, handle, bot) values (${application}, ${account}, ${clean}, ${candidate}, ${bot})
        on conflict (application, lower(handle)) do nothing returning id, handle, name, bot, avatar`;
      if (row) return toPerson(row);
    }
    throw new PlazaError('taken', 'This handle is taken; choose another.', { field: 'handle', rule: 'handle-taken' });
  };
}
