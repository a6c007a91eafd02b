import { randomBytes } from 'node:crypto';
import type { Sql } from './index.ts';

/**
 * Writes down which database this is, and answers the epoch (L13). The epoch is made anew whenever the database is not
 * the plain continuation of the one it was made in: another cluster (a dump restored elsewhere), another timeline (a
 * backup restored, a standby promoted), or tables that were made again (a dump restored in place).
 *
 * The timeline comes from where the log is written now; pg_control_checkpoint() shows the former one until the first
 * checkpoint after a promotion.
 */
export async function markInstallation(sql: Sql): Promise<string> {
  const epoch = randomBytes(9).toString('base64url');
  await sql`
    insert into installation (epoch, system_identifier, timeline)
    select ${epoch}, (select system_identifier from pg_control_system()) || '/' || 'installation'::regclass::oid,
      ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
    on conflict (single) do update
      set epoch = excluded.epoch, system_identifier = excluded.system_identifier, timeline = excluded.timeline
      where (installation.system_identifier, installation.timeline) is distinct from (excluded.system_identifier, excluded.timeline)`;
  const [row] = await sql<{ epoch: string }[]>`select epoch from installation`;
  if (!row) throw new Error('The installation has no row.');
  return row.epoch;
}
