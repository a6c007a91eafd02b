import type { Id, Message } from '../../contracts/nouns.ts';
import type { MyMark } from '../../contracts/wire.ts';
import type { Doors } from '../domains/doors.ts';
import type { Who } from '../domains/policy/index.ts';

/** What the caller left on these messages of a channel: reactions and bookmarks, by number. Two queries at most. */
export async function readMarks(
  { reactions, bookmarks }: Pick<Doors, 'reactions' | 'bookmarks'>,
  who: Who,
  channel: Id,
  messages: readonly Message[],
): Promise<MyMark[]> {
  const reacted = messages.filter((message) => message.reactions.length > 0).map((message) => message.number);
  const [from, to] = ends(messages);
  const [mine, bookmarked] = await Promise.all([
    reacted.length > 0 ? reactions.mine(who, channel, reacted) : [],
    bookmarks.between(who, { channel, from, to }),
  ]);
  if (mine.length === 0 && bookmarked.length === 0) return [];
  const emoji = new Map(mine.map((mark) => [mark.number, mark.emoji]));
  const marked = new Set(bookmarked);
  const marks = messages.map(({ number }) => ({ number, emoji: emoji.get(number) ?? [], bookmarked: marked.has(number) }));
  return marks.filter((mark) => mark.bookmarked || mark.emoji.length > 0);
}

/** The lowest and the highest number; of no messages, a part without any. */
function ends(messages: readonly Message[]): [from: number, to: number] {
  let [from, to] = [2_147_483_647, 0];
  for (const { number } of messages) {
    from = Math.min(from, number);
    to = Math.max(to, number);
  }
  return [from, to];
}
