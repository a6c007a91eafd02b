import type { Deps } from './deps.ts';
import type { Applications } from './index.ts';
import { noSuchApplication, reach } from './reach.ts';
import { type ApplicationRow, columns, toApplication } from './rows.ts';

export function get({ sql, policy }: Deps): Applications['get'] {
  return async (who, id) => {
    reach(policy, who, 'application.read', id);
    const [row] = await sql<ApplicationRow[]>`select ${columns(sql)} from applications where id = ${id}`;
    if (!row) throw noSuchApplication();
    return toApplication(row);
  };
}
