import { text } from '../../kit/text.ts';
import type { Deps } from './deps.ts';
import type { Applications } from './index.ts';
import { noSuchApplication, reach } from './reach.ts';
import { type ApplicationRow, columns, toApplication } from './rows.ts';

export function change({ sql, policy }: Deps): Applications['change'] {
  return async (who, { id, name }) => {
    reach(policy, who, 'application.manage', id);
    const clean = text(name, { field: 'name', min: 1, max: 80 });
    const [row] = await sql<ApplicationRow[]>`
      update applications set name = ${clean}, updated_at = now() where id = ${id} returning ${columns(sql)}`;
    if (!row) throw noSuchApplication();
    return toApplication(row);
  };
}
