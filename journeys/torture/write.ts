import { pause } from '../support/wait.ts';
import { type Answered, type Book, type Change, writeDown } from './book.ts';
import type { Chance } from './chance.ts';
import { type Client, NotAcknowledged } from './client.ts';

let made = 0;

/** Writes into the channels, one change after the other, until told to stop. */
export async function writeUntil(stopped: () => boolean, client: Client, books: readonly [Book, ...Book[]], chance: Chance): Promise<void> {
  while (!stopped()) {
    const book = chance.oneOf(books);
    await carryOut(client, book, nextChange(client, book, chance), chance);
    await pause(chance.whole(5, 60));
  }
}

/** Nothing is done twice on purpose: what changes nothing is acknowledged too, and has no version to itself. */
function nextChange(client: Client, book: Book, chance: Chance): Change {
  const me = client.someone.person.id;
  const name = `${me}-${++made}`;
  const mine = book.owned.slice(-40).find(({ author }) => author === me);
  const any = book.owned.at(-chance.whole(1, 20));
  const dice = chance.whole(1, 100);
  if (mine && dice <= 12) return { kind: 'edit', number: mine.number, body: `edited ${name}` };
  if (mine && dice <= 16) {
    book.owned.splice(book.owned.indexOf(mine), 1);
    return { kind: 'delete', number: mine.number };
  }
  const emoji = chance.oneOf(['👍', '🎉', '🌱']);
  const reaction = `${me} ${any?.number} ${emoji}`;
  if (any && dice <= 28 && !book.reactions.has(reaction)) {
    book.reactions.add(reaction);
    return { kind: 'react', number: any.number, emoji };
  }
  return { kind: 'post', key: name, body: `said ${name}` };
}

/**
 * Sends a change until it is acknowledged or refused for good. Only posts carry a key and may be sent again; and in one
 * of four cases even those are given up after a cut, and may be there or not.
 */
async function carryOut(client: Client, book: Book, change: Change, chance: Chance): Promise<void> {
  const begun = performance.now();
  if (change.kind === 'edit' && change.number !== undefined && change.body !== undefined) {
    book.editsSent.set(change.number, (book.editsSent.get(change.number) ?? new Set()).add(change.body));
  }
  const again = change.kind === 'post' && !chance.percent(25);
  for (;;) {
    book.attempts++;
    try {
      const answer: Answered = await client.send(book.channel, change);
      return writeDown(book, client.someone.person.id, change, begun, answer);
    } catch (error) {
      if (!(error instanceof NotAcknowledged)) throw error;
      if (!error.open) book.refusals.set(error.code, (book.refusals.get(error.code) ?? 0) + 1);
      if (!error.open || !again) return;
      await pause(50);
    }
  }
}
