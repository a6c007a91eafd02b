import { errorCode } from '../../kit/errorCode.ts';
import { type Finding, ill, well } from '../../kit/finding.ts';
import { connect, type Pool } from './index.ts';

const extensions = ['pg_trgm', 'unaccent', 'btree_gin'];

/** Whether Plaza can live on this database: everything that can be known before it is tried. */
export async function checkDatabase(url: string): Promise<Finding[]> {
  const sql = connect(url, { max: 1, name: 'plaza-preflight' });
  try {
    return findings(await look(sql));
  } catch (error) {
    return [ill(unreachable(url, error))];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

export type Look = Awaited<ReturnType<typeof look>>;

async function look(sql: Pool) {
  const [row] = await sql<
    {
      version: string;
      version_number: number;
      encoding: string;
      standby: boolean;
      wal_level: string;
      synchronous_commit: string;
      user_name: string;
      may_replicate: boolean;
      slots: number;
      most_slots: number;
      senders: number;
      most_senders: number;
      missing: string[];
      may_create: boolean;
    }[]
  >`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as version_number,
      current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby, current_setting('wal_level') as wal_level,
      current_setting('synchronous_commit') as synchronous_commit, current_user as user_name,
      (select rolsuper or rolreplication from pg_roles where rolname = current_user)
        or exists (select from pg_roles where rolname = 'rds_replication' and pg_has_role(current_user, oid, 'member')) as may_replicate,
      (select count(*)::int from pg_replication_slots) as slots, current_setting('max_replication_slots')::int as most_slots,
      (select count(*)::int from pg_stat_replication) as senders, current_setting('max_wal_senders')::int as most_senders,
      array(select unnest(${extensions}::text[]) except select name::text from pg_available_extensions) as missing,
      to_regclass('migrations') is not null
        or (has_database_privilege(current_database(), 'create') and has_schema_privilege('public', 'create')) as may_create`;
  if (!row) throw new Error('PostgreSQL answered nothing.');
  return row;
}

/** What each answer means. */
export function findings(db: Look): Finding[] {
  return [
    db.version_number >= 150_000
      ? well(`PostgreSQL ${db.version} answers`)
      : ill(`The database is PostgreSQL ${db.version} and 15 is the oldest that Plaza knows; upgrade it.`),
    db.standby ? ill('The database is a standby and takes no writes; set DATABASE_URL to the primary.') : well('It takes writes'),
    db.encoding === 'UTF8'
      ? well('Its text is UTF-8')
      : ill(`The database keeps text as ${db.encoding}; make one with: create database plaza encoding 'UTF8' template template0.`),
    db.wal_level === 'logical'
      ? well('wal_level is logical')
      : ill(
          `The database runs with wal_level=${db.wal_level}, and Plaza hears of changes only with "logical": run "alter system set wal_level = logical" there, then restart it.`,
        ),
    db.synchronous_commit === 'off'
      ? ill('The database runs with synchronous_commit=off and would lose acknowledged messages when it crashes: set it to "on" there.')
      : well('Commits are durable when they are acknowledged'),
    db.may_replicate
      ? well(`${db.user_name} may replicate`)
      : ill(
          `The database's user ${db.user_name} is not allowed to replicate: run "alter role ${db.user_name} replication" there as a superuser.`,
        ),
    db.slots < db.most_slots
      ? well(`${db.most_slots - db.slots} replication slots are free`)
      : ill(
          `All ${db.most_slots} replication slots of the database are taken: drop those in pg_replication_slots that nobody reads, or raise max_replication_slots.`,
        ),
    db.senders < db.most_senders
      ? well(`${db.most_senders - db.senders} WAL senders are free`)
      : ill(`All ${db.most_senders} WAL senders of the database are busy: raise max_wal_senders.`),
    db.missing.length === 0
      ? well(`The extensions ${extensions.join(', ')} are there`)
      : ill(`The database lacks the extensions ${db.missing.join(', ')}: install PostgreSQL's contrib package on its machine.`),
    db.may_create
      ? well(`${db.user_name} may make tables`)
      : ill(
          `The database's user ${db.user_name} may not make tables: run "grant create on schema public to ${db.user_name}" and "grant create on database … to ${db.user_name}" there.`,
        ),
  ];
}

/** Why the database could not be asked. */
export function unreachable(url: string, error: unknown): string {
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  const { host: name, username, pathname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? name;
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) return `DATABASE_URL names the machine ${host}, and nobody knows that name; mend the address.`;
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return `Nobody answers at ${host}; start PostgreSQL there, or mend DATABASE_URL.`;
  if (code === 'CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return `${host} does not answer within five seconds; look at firewalls between, or mend DATABASE_URL.`;
  if (code === '28P01') return `PostgreSQL at ${host} does not take this password of ${username}; mend DATABASE_URL.`;
  if (code === '28000') return `PostgreSQL at ${host} does not let ${username} in (${message}); mend DATABASE_URL or pg_hba.conf there.`;
  if (code === '3D000')
    return `PostgreSQL at ${host} has no database "${pathname.slice(1)}"; make it there with: create database ${pathname.slice(1)}.`;
  if (code === '53300') return `PostgreSQL at ${host} has no connection left; raise max_connections there, or close some.`;
  return `PostgreSQL at ${host} cannot be used: ${message}.`;
}
