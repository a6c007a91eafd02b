/** ejabberd with a room that archives on PostgreSQL. */
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../journeys/support/server.ts';
import { connect } from '../../../src/engines/postgres/index.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { StartRooms } from '../../support/rooms.ts';
import { libraries, missingPart, missingProgram, startProgram } from '../program.ts';
import { type XmppServer, xmppRooms } from '../xmpp.ts';

const tables = '/usr/share/ejabberd/sql/pg.sql';
const erlangLibraries = '/usr/lib/erlang/lib';

/** It says nothing of a message that could not be archived, and delivers it. */
export const aboutEjabberd = 'ejabberd, a room that archives in PostgreSQL: one INSERT (fsync) each, awaited before delivery';

export function missingEjabberd(): string | null {
  const driver = existsSync(erlangLibraries) && readdirSync(erlangLibraries).some((name) => name.startsWith('p1_pgsql-'));
  return (
    missingProgram(['ejabberdctl', 'erl'], 'ejabberd') ?? (driver ? null : missingPart('its driver for PostgreSQL', 'erlang-p1-pgsql'))
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
      // What `ejabberdctl foreground` runs, without the node's name, as one server needs no distribution, and without
      // waiting busily, which takes from the database on the same cores.
      command: (_, folder) => [
        'erl',
        ...['+K', 'true', '+P', '1000000', '+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none'],
        ...['-noinput', '-mnesia', 'dir', `"${folder}/mnesia"`, '-ejabberd', 'log_rotate_count', '0', '-s', 'ejabberd'],
      ],
      env: (configuration, folder) => ({
        EJABBERD_CONFIG_PATH: configuration,
        EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
        ERL_CRASH_DUMP_BYTES: '0',
        ERL_LIBS: libraries(),
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
