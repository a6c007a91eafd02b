/** ejabberd with a room that archives on PostgreSQL. */
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../journeys/support/server.ts';
import { connect } from '../../../src/engines/postgres/index.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { StartRooms } from '../../support/rooms.ts';
import { missingProgram, startProgram } from '../program.ts';
import { type XmppServer, xmppRooms } from '../xmpp.ts';

const tables = '/usr/share/ejabberd/sql/pg.sql';
const libraries = '/usr/lib/x86_64-linux-gnu';

export function missingEjabberd(): string | null {
  return (
    missingProgram(['ejabberdctl', 'erl'], 'ejabberd') ??
    (existsSync('/usr/lib/erlang/lib') && existsSync(tables) ? null : 'ejabberd has no PostgreSQL driver (Debian package erlang-p1-pgsql)')
  );
}

export const startEjabberdRooms: StartRooms = async (wanted) => xmppRooms(await startEjabberd(), wanted);

async function startEjabberd(): Promise<XmppServer> {
  // Its driver knows no sockets of the file system. A loopback address of its own, as the port is everybody's.
  const address = `127.${randomInt(1, 255)}.${randomInt(255)}.${randomInt(1, 255)}`;
  const database = await startPostgres({ more: { listen_addresses: address } });
  try {
    const sql = connect(database.url, { max: 1, name: 'bench' });
    await sql.unsafe(readFileSync(tables, 'utf8')).simple();
    await sql.end();
    const port = await freePort();
    const program = await startProgram({
      configuration: join(import.meta.dirname, 'ejabberd.yml'),
      fill: { postgres: address },
      port,
      // What `ejabberdctl foreground` runs, without the node's name: one server needs no distribution.
      command: (_, folder) => [
        'erl',
        ...['+K', 'true', '+P', '1000000', '-noinput', '-mnesia', 'dir', `"${folder}/mnesia"`],
        ...['-ejabberd', 'log_rotate_count', '0', '-s', 'ejabberd'],
      ],
      env: (configuration, folder) => ({
        EJABBERD_CONFIG_PATH: configuration,
        EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
        ERL_CRASH_DUMP_BYTES: '0',
        ERL_LIBS: libraries,
        ERL_MAX_PORTS: '65000',
        ERL_MAX_ETS_TABLES: '20000',
      }),
    });
    return {
      port,
      pids: [program.pid, database.pid],
      async stop() {
        await program.stop();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}
