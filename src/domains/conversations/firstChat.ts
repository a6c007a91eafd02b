import type { Id } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { openChannel } from './open.ts';

/** The chat that every community begins with, within the transaction that makes the community. */
export async function firstChat(
  tx: Transaction,
  { application, community, person }: { application: Id; community: Id; person: Id },
): Promise<void> {
  const members = [{ person, role: 'owner' }] as const;
  await openChannel(tx, { application, kind: 'chat', community, createdBy: person, name: 'general', visibility: 'public', members });
}
