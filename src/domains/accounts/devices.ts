import { decodeCursor, pageSize, toPage } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Accounts } from './index.ts';
import { mine } from './mine.ts';
import { type DeviceRow, deviceColumns, toDevice } from './rows.ts';

/** Newest first; those that could come back by their refresh token. */
export function devices({ sql, settings }: Deps): Accounts['devices'] {
  return async (who, page) => {
    const { account, device } = mine(who);
    const size = pageSize(page);
    const [before] = page.after ? decodeCursor(page.after, ['id']) : [];
    const rows = await sql<DeviceRow[]>`
      select ${deviceColumns(sql)} from devices
      where account = ${account} and signed_out_at is null and seen_at > now() - ${settings.refreshDays} * interval '1 day'
        and ${before === undefined ? sql`true` : sql`id < ${before}`}
      order by id desc limit ${size + 1}`;
    return toPage(
      rows,
      size,
      (row) => toDevice(row, device),
      (row) => [row.id],
    );
  };
}
