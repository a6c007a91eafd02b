/** Prosody with a room that archives on PostgreSQL. */
import { join } from 'node:path';
import { freePort } from '../../../journeys/support/server.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { StartRooms } from '../../support/rooms.ts';
import { missingProgram, startProgram } from '../program.ts';
import { type XmppServer, xmppRooms } from '../xmpp.ts';

export function missingProsody(): string | null {
  return missingProgram(['prosody'], 'prosody');
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
