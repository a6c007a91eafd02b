import type { Profile } from '../../../contracts/nouns.ts';
import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import { refuse } from './fields.ts';
import type { People } from './index.ts';
import { columns, type ProfileRow, toProfile } from './rows.ts';

const most = 1_000;

export function remembered({ known }: Deps): People['remembered'] {
  return (who, id) => {
    const row = known.get(id);
    return row?.application === who.application ? toProfile(row) : null;
  };
}

/** The names beside what people wrote: whoever may read that may read these. */
export function profiles({ sql, known }: Deps): People['profiles'] {
  return async (who, ids) => {
    if (ids.length > most) refuse('ids', 'too-many', `At most ${most} people at once.`, most);
    const rows = new Map<string, ProfileRow & { application: string }>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const row = known.get(id);
      if (row) rows.set(id, row);
      else if (isId(id)) missing.push(id);
    }
    if (missing.length > 0) {
      const keep = known.loading();
      const loaded = await sql<(ProfileRow & { application: string })[]>`
        select ${columns(sql)}, application from people where id = any(${missing}::bigint[])`;
      for (const row of loaded) {
        rows.set(row.id, row);
        keep(row.id, row);
      }
    }
    return ids.map((id): Profile | null => {
      const row = rows.get(id);
      return row?.application === who.application ? toProfile(row) : null;
    });
  };
}
