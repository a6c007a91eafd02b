import type { Id, Profile } from '../../../contracts/nouns.ts';
import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import { refuse } from './fields.ts';
import type { People } from './index.ts';
import { asOfNow, columns, type ProfileRow, toProfile } from './rows.ts';

const most = 1_000;

export function remembered({ known }: Deps): People['remembered'] {
  return (who, id) => {
    const found = known.get(id);
    return found?.application === who.application ? asOfNow(found.profile) : null;
  };
}

/** The names beside what people wrote: whoever may read that may read these. */
export function profiles({ sql, known }: Deps): People['profiles'] {
  return async (who, ids) => {
    if (ids.length > most) refuse('ids', 'too-many', `At most ${most} people at once.`, most);
    const found = new Map<Id, { profile: Profile; application: Id }>();
    const missing: Id[] = [];
    for (const id of new Set(ids)) {
      const before = known.get(id);
      if (before) found.set(id, before);
      else if (isId(id)) missing.push(id);
    }
    if (missing.length > 0) {
      const keep = known.loading();
      const rows = await sql<(ProfileRow & { application: Id })[]>`
        select ${columns(sql)}, application from people where id = any(${missing}::bigint[])`;
      for (const row of rows) {
        const loaded = { profile: toProfile(row), application: row.application };
        found.set(row.id, loaded);
        keep(row.id, loaded);
      }
    }
    return ids.map((id): Profile | null => {
      const one = found.get(id);
      return one?.application === who.application ? asOfNow(one.profile) : null;
    });
  };
}
