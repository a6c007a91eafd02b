import { useConversation } from './conversation.ts';
import { deedsOf } from './deeds.ts';
import { puts } from './puts.ts';
import type { Row } from './rows.ts';

/** What keys do on a message: the same as its menu. @param away back to the composer */
export function useMessageKeys(away: () => void): (event: KeyboardEvent, row: Row) => void {
  const conversation = useConversation();
  const { asked } = conversation;

  function actOn(key: string, row: Exclude<Row, { kind: 'pending' }>): (() => void) | undefined {
    const { message, mark } = row;
    const { number } = message;
    const open = (what: 'menu' | 'emoji') => puts(asked, { number, what });
    const deeds = deedsOf(conversation, message, { pick: open('emoji'), versions: open('menu'), reactors: open('menu') });
    switch (key) {
      case 'r':
        return deeds.reply;
      case 'e':
        return deeds.edit;
      case '+':
        return deeds.pick;
      case 'b':
        return deeds.bookmark && (() => deeds.bookmark?.(!(mark?.bookmarked ?? false)));
      case 'p':
        return deeds.pin && (() => deeds.pin?.(message.pinnedAt === null));
      case 'c':
        return deeds.link;
      case 'Delete':
      case 'Backspace':
        return deeds.remove;
      case 'Enter':
      case 'm':
        return open('menu');
      default:
        return undefined;
    }
  }

  return (event, row) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isAway = event.key === 'Escape' || event.key === 'ArrowDown';
    const act = isAway
      ? away
      : row.kind === 'pending'
        ? undefined
        : actOn(event.key.length === 1 ? event.key.toLowerCase() : event.key, row);
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
}
