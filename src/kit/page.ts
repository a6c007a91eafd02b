import { PlazaError } from '../../contracts/errors.ts';

/** What a caller asks of a list. */
export interface PageRequest {
  /** How many at most; 1 to 100, 20 unless told. */
  first?: number | null | undefined;
  /** The cursor after which to go on. */
  after?: string | null | undefined;
}

/** One page of a list, each item with the cursor that stands behind it. */
export interface Page<T> {
  items: { node: T; cursor: string }[];
  hasNext: boolean;
}

export const defaultPageSize = 20;
export const largestPage = 100;

/** A cursor is the sort key of an item, opaque to callers: base64url of a JSON array of strings and numbers. */
export type CursorKey = (string | number)[];

export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The sort key of a cursor made by `encodeCursor`, with exactly these parts: `id` (decimal string), `int` (32 bits),
 * `time` (ms since 1970, until 9999), `number` (any finite one), `text`. What passes fits its column.
 * @throws invalid_input for anything else
 */
export function decodeCursor(cursor: string, parts: readonly ('id' | 'int' | 'time' | 'number' | 'text')[]): CursorKey {
  const refuse = () =>
    new PlazaError('invalid_input', 'The cursor is not one that this list gave; start from the beginning.', { field: 'after' });
  if (cursor.length > 500) throw refuse();
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw refuse();
  }
  if (!Array.isArray(key) || key.length !== parts.length) throw refuse();
  return parts.map((part, i) => {
    const value: unknown = key[i];
    if (part === 'number' && typeof value === 'number' && Number.isFinite(value)) return value;
    if (part === 'int' && Number.isInteger(value) && Math.abs(Number(value)) <= 2_147_483_647) return Number(value);
    if (part === 'time' && typeof value === 'number' && value >= 0 && value < 253_402_300_800_000) return value;
    if (part === 'id' && typeof value === 'string' && isId(value)) return value;
    if (part === 'text' && typeof value === 'string' && !value.includes('\u0000')) return value;
    throw refuse();
  });
}

/** Ids are positive 64-bit integers in decimal. Of numbers with as many digits the larger one comes later as text too. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value) && (value.length < 19 || value <= '9223372036854775807');
}

/** @throws invalid_input when out of range */
export function pageSize(request: PageRequest): number {
  const size = request.first ?? defaultPageSize;
  if (!Number.isInteger(size) || size < 1 || size > largestPage) {
    throw new PlazaError('invalid_input', `"first" must be a whole number from 1 to ${largestPage}.`, { field: 'first' });
  }
  return size;
}

/** A page from rows read with `limit size + 1`. */
export function toPage<Row, T>(rows: readonly Row[], size: number, node: (row: Row) => T, key: (row: Row) => CursorKey): Page<T> {
  return {
    items: rows.slice(0, size).map((row) => ({ node: node(row), cursor: encodeCursor(key(row)) })),
    hasNext: rows.length > size,
  };
}
