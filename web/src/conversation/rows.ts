/** What the list of a conversation shows: its messages and what I just sent, each with the lines above it. */
import type { Mark, Marks } from '../../../client/channelLog.ts';
import type { Pending } from '../../../client/outbox.ts';
import type { Id, Message } from '../../../contracts/nouns.ts';

interface Above {
  /** Stays the same from the moment of sending on, so that a row is never drawn anew. */
  id: string;
  /** Begins what one person says: with picture, name and time. */
  head: boolean;
  /** When a new day begins here: the time of the message. */
  day: string | null;
  /** The first that I have not seen stands below the "New" line. */
  fresh: boolean;
}

export interface MessageRow extends Above {
  kind: 'text' | 'deleted';
  message: Message;
  mark: Mark | null;
}

export interface PendingRow extends Above {
  kind: 'pending';
  pending: Pending;
}

export type Row = MessageRow | PendingRow;

export interface RowsInput {
  messages: readonly Message[];
  marks: Marks;
  pending: readonly Pending[];
  me: Id | null;
  /** Everything after this number is new; null when there is no "New" line. */
  newAfter: number | null;
}

/** What one person says within this time stands together under one name. */
const togetherMs = 5 * 60_000;

/** The rows, in order. Those that are as they were `before` are the very same objects, so that views leave them alone. */
export function rowsOf({ messages, marks, pending, me, newAfter }: RowsInput, before: readonly Row[] = []): Row[] {
  const known = new Map(before.map((row) => [row.id, row]));
  const rows: Row[] = [];
  let last: { author: Id | null; at: string; day: string; isDeleted: boolean } | null = null;
  let isFreshShown = newAfter === null;

  const place = (author: Id | null, at: string, replyTo: number | null, isFresh: boolean, isDeleted: boolean) => {
    const day = dayOf(at);
    const isNewDay = last !== null && last.day !== day;
    const head =
      last === null ||
      isNewDay ||
      isFresh ||
      replyTo !== null ||
      last.author !== author ||
      last.isDeleted !== isDeleted ||
      Date.parse(at) - Date.parse(last.at) > togetherMs;
    const above = { head, day: last === null || isNewDay ? at : null, fresh: isFresh };
    last = { author, at, day, isDeleted };
    return above;
  };

  for (const message of messages) {
    const isFresh = !isFreshShown && message.number > (newAfter ?? 0) && message.author !== me;
    if (isFresh) isFreshShown = true;
    const isDeleted = message.deletedAt !== null;
    const above = place(message.author, message.createdAt, message.replyTo, isFresh, isDeleted);
    const id = message.author === me && message.key !== null ? message.key : String(message.number);
    const row: MessageRow = { ...above, kind: isDeleted ? 'deleted' : 'text', id, message, mark: marks.get(message.number) ?? null };
    const old = known.get(id);
    rows.push(
      old !== undefined && old.kind === row.kind && old.message === message && sameMark(old.mark, row.mark) && sameAbove(old, row)
        ? old
        : row,
    );
  }
  for (const one of pending) {
    const row: PendingRow = { ...place(me, one.createdAt, one.replyTo ?? null, false, false), kind: 'pending', id: one.key, pending: one };
    const old = known.get(one.key);
    rows.push(old?.kind === 'pending' && old.pending === one && sameAbove(old, row) ? old : row);
  }
  return rows;
}

export function numberOf(row: Row | undefined): number | null {
  return row === undefined || row.kind === 'pending' ? null : row.message.number;
}

/** The place of a message among rows; −1 when it is not among them. */
export function indexOfNumber(rows: readonly Row[], number: number): number {
  const first = numberOf(rows[0]);
  const guess = first === null ? -1 : number - first;
  return numberOf(rows[guess]) === number ? guess : -1;
}

const days = new Map<string, string>();

/** The day in one's own time zone, for comparing. Asked for the same messages again and again. */
function dayOf(at: string): string {
  let day = days.get(at);
  if (day === undefined) {
    if (days.size > 5000) days.clear();
    const date = new Date(at);
    day = `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
    days.set(at, day);
  }
  return day;
}

function sameAbove(a: Above, b: Above): boolean {
  return a.head === b.head && a.day === b.day && a.fresh === b.fresh;
}

function sameMark(a: Mark | null, b: Mark | null): boolean {
  return a === b || (a !== null && b !== null && a.bookmarked === b.bookmarked && a.emoji.join() === b.emoji.join());
}
