import { setTimeout as sleep } from 'node:timers/promises';
import type { Id } from '../../../contracts/nouns.ts';
import type { Conversations } from '../../domains/conversations/index.ts';
import type { Patience } from './patience.ts';
import type { Client } from './registry.ts';

export interface CallsDeps {
  conversations: Pick<Conversations, 'mayRead'>;
  patience: Patience;
  tell(client: Client, bytes: Buffer): void;
}

/** Questions of one query. */
const asksAtOnce = 2000;

/**
 * A message calls somebody by name, or no longer does. Who was called may have lost the channel since, perhaps at the
 * same moment, so it is told, in order, to those of whom it is then known that they may read there (L9).
 */
export function createCalls({ conversations, patience: { ask, background }, tell }: CallsDeps) {
  const untold: { client: Client; channel: Id; bytes: Buffer }[] = [];
  let settling = false;

  async function settle(): Promise<void> {
    settling = true;
    try {
      // Not within the feed's call: others who hear the same event forget what they remembered of it.
      await sleep(0);
      while (untold.length > 0) {
        const asked = untold.splice(0, asksAtOnce);
        const may = await ask(() => conversations.mayRead(asked.map(({ client, channel }) => ({ who: client.who, channel }))));
        if (!may) return;
        for (const [i, { client, bytes }] of asked.entries()) if (may[i] && !client.gone) tell(client, bytes);
      }
    } finally {
      settling = false;
    }
  }

  return {
    heard(clients: Iterable<Client>, channel: Id, bytes: Buffer): void {
      for (const client of clients) untold.push({ client, channel, bytes });
      if (untold.length > 0 && !settling) background(settle);
    },
  };
}
