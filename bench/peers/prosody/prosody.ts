/** Prosody with a room that archives on PostgreSQL. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../journeys/support/server.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { StartRooms } from '../../support/rooms.ts';
import { libraries, missingPart, missingProgram, startProgram } from '../program.ts';
import { type XmppServer, xmppRooms } from '../xmpp.ts';

/** A message that could not be archived is delivered all the same, with a line in its log. */
export const aboutProsody = 'Prosody, a room that archives in PostgreSQL: one INSERT (fsync) each, awaited before delivery';

export function missingProsody(): string | null {
  const drivers = ['5.4', '5.3', '5.2'].map((lua) => join(libraries(), 'lua', lua, 'dbd/postgresql.so'));
  return (
    missingProgram(['prosody'], 'prosody') ??
    (drivers.some((file) => existsSync(file)) ? null : missingPart('its driver for PostgreSQL', 'lua-dbi-postgresql'))
  );
}

export const startProsodyRooms: StartRooms = async (wanted) => xmppRooms(await startProsody(), wanted);

async function startProsody(): Promise<XmppServer> {
  const database = await startPostgres();
  try {
    const port = await freePort();
    const program = await startProgram({
      configuration: join(import.meta.dirname, 'prosody.cfg.lua'),
      fill: { sockets: database.sockets },
      port,
      command: (configuration) => ['prosody', '--config', configuration, '-F'],
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
