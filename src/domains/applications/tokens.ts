import { decodeCursor, pageSize, toPage } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Applications } from './index.ts';
import { reach } from './reach.ts';
import { type TokenRow, tokenColumns, toToken } from './rows.ts';

/** Oldest first, expired ones included. */
export function tokens({ sql, policy }: Deps): Applications['tokens'] {
  return async (who, application, page) => {
    reach(policy, who, 'application.manage', application);
    const size = pageSize(page);
    const [after = '0'] = page.after ? decodeCursor(page.after, ['id']) : [];
    const rows = await sql<TokenRow[]>`
      select ${tokenColumns(sql)} from application_tokens where application = ${application} and id > ${after} order by id limit ${size + 1}`;
    return toPage(rows, size, toToken, (row) => [row.id]);
  };
}
