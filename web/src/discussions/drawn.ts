/** Which part of a long list is drawn: anchored to a row, so that what comes before it moves nothing. */
export interface Drawn {
  /** The number of the first row; null draws from the beginning. */
  first: number | null;
  count: number;
}

interface Numbered {
  number: number;
}

const atFirst = 40;
const step = 60;

export const fromBeginning: Drawn = { first: null, count: atFirst };

/** Places of the rows, the end exclusive. */
export function rangeOf({ first, count }: Drawn, rows: readonly Numbered[]): { from: number; to: number } {
  const from =
    first === null
      ? 0
      : Math.max(
          rows.findIndex(({ number }) => number === first),
          0,
        );
  return { from, to: Math.min(from + count, rows.length) };
}

export function moreAfter({ first, count }: Drawn): Drawn {
  return { first, count: count + step };
}

/** A few that would be left are taken along. */
export function moreBefore(drawn: Drawn, rows: readonly Numbered[]): Drawn {
  const { from, to } = rangeOf(drawn, rows);
  return between(from < step * 1.5 ? 0 : from - step, to, rows);
}

/** As it is where the row is drawn already; else around it. */
export function around(drawn: Drawn, rows: readonly Numbered[], number: number): Drawn {
  const { from, to } = rangeOf(drawn, rows);
  const place = rows.findIndex((row) => row.number === number);
  if (place === -1 || (place >= from && place < to)) return drawn;
  return between(Math.max(place - atFirst / 2, 0), place + atFirst / 2, rows);
}

/** Anchored to the row that is first now. */
export function held(drawn: Drawn, rows: readonly Numbered[]): Drawn {
  const { from } = rangeOf(drawn, rows);
  return { ...drawn, first: rows[from]?.number ?? null };
}

/** All to the end. */
export function toEnd(drawn: Drawn): Drawn {
  return { ...drawn, count: Number.POSITIVE_INFINITY };
}

function between(from: number, to: number, rows: readonly Numbered[]): Drawn {
  return { first: from === 0 ? null : (rows[from]?.number ?? null), count: to - from };
}
