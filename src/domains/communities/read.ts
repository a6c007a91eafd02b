import { PlazaError } from '../../../contracts/errors.ts';
import type { Community, Id } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { type CommunityRow, columns, toCommunity } from './rows.ts';

/** One community as the transaction sees it, for the answer of a change that was allowed already. */
export async function read(tx: Transaction, community: Id): Promise<Community> {
  const [row] = await tx<CommunityRow[]>`select ${columns(tx)} from communities c where c.id = ${community}`;
  if (!row) throw new PlazaError('not_found');
  return toCommunity(row);
}
