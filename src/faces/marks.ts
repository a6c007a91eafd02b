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
  const [mine, marked] = await Promise.all([
    reacted.length > 0 ? reactions.mine(who, channel, reacted) : [],
    bookmarks.mine(who, messages),
  ]);
  const emoji = new Map(mine.map((mark) => [mark.number, mark.emoji]));
  const marks = messages.map(({ number }, i) => ({ number, emoji: emoji.get(number) ?? [], bookmarked: marked[i] ?? false }));
  return marks.filter((mark) => mark.bookmarked || mark.emoji.length > 0);
}
