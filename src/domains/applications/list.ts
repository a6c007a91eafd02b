import { decodeCursor, pageSize, toPage } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Applications } from './index.ts';
import { type ApplicationRow, columns, toApplication } from './rows.ts';

/** Oldest first. */
export function list({ sql, policy }: Deps): Applications['list'] {
  return async (who, page) => {
    policy.ask('application.manage', policy.standing(who));
    const size = pageSize(page);
    const [after = '0'] = page.after ? decodeCursor(page.after, ['id']) : [];
    const rows = await sql<ApplicationRow[]>`select ${columns(sql)} from applications where id > ${after} order by id limit ${size + 1}`;
    return toPage(rows, size, toApplication, (row) => [row.id]);
  };
}
