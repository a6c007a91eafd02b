import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { wholeNumber } from '../../kit/text.ts';
import type { Bookmarks, Deps } from './index.ts';

/** More than anybody looks through again. */
const most = 10_000;

export function bookmark({ sql, policy, conversations }: Deps): Bookmarks['bookmark'] {
  return async (who, { channel, number: wanted, on }) => {
    const number = wholeNumber(wanted, 'number', 1);
    policy.ask('message.bookmark', await policy.toChannel(who, channel));
    const person = who.person?.id;
    if (person === undefined) throw new PlazaError('unauthenticated');
    const [message] = await conversations.messages(who, [{ channel, number }]);
    if (!message) throw new PlazaError('not_found', 'There is no message of that number.');

    await sql.begin(async (tx) => {
      // One change of a person at a time: so the count holds, and the last word is the last event.
      await tx`select from people where id = ${person} for no key update`;
      const place = { person, channel, number };
      const isChanged = on ? await put(tx, place) : (await tx`delete from bookmarks where ${same(tx, place)}`).count > 0;
      if (!isChanged) return;
      await emit(tx, [{ topic: { kind: 'person', person }, event: { type: 'bookmarked', channel, number, on } }]);
    });
    return { message, on };
  };
}

interface Place {
  person: Id;
  channel: Id;
  number: number;
}

function same(tx: Transaction, { person, channel, number }: Place) {
  return tx`person = ${person} and channel = ${channel} and number = ${number}`;
}

/** False where it was there. @throws conflict */
async function put(tx: Transaction, place: Place): Promise<boolean> {
  const { count } = await tx`
    insert into bookmarks ${tx({ ...place })} on conflict do nothing`;
  if (count === 0) return false;
  const [kept] = await tx<{ count: number }[]>`select count(*)::int as count from bookmarks where person = ${place.person}`;
  if (kept && kept.count > most)
    throw new PlazaError('conflict', `At most ${most} bookmarks; take some away first.`, { rule: 'bookmarks-full', limit: most });
  return true;
}
