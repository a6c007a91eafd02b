import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { isId } from '../../kit/page.ts';
import type { Who } from '../policy/index.ts';

/** Refuses unless the person whom a change is about belongs to the caller's application. @throws not_found */
export async function mustBeHere(tx: Transaction, who: Who, person: Id): Promise<void> {
  const [found] = isId(person) ? await tx`select 1 from people where id = ${person} and application = ${who.application}` : [];
  if (!found) throw new PlazaError('not_found', 'There is no such person.', { field: 'person', rule: 'no-person' });
}
