/** How a list goes from what it shows to what it shall show, so that what one reads stays where it is. */

export interface Step<Row> {
  rows: readonly Row[];
  /** The rows came or went at the start: the place is kept from the end. */
  shift: boolean;
  /** Nothing of what was shown is left: the list begins anew. */
  fresh: boolean;
}

/**
 * A virtual list keeps its measures by index: it can take a change at one end at a time. Where both ends changed (a
 * page came before and the window was cut behind) there are two steps, first the end, then the start.
 */
export function stepsTo<Row extends { id: string }>(before: readonly Row[], after: readonly Row[]): Step<Row>[] {
  const start = startOf(before, after);
  if (start === null) return [{ rows: after, shift: false, fresh: true }];
  const { removed, added } = start;
  if (removed === 0 && added === 0) return [{ rows: after, shift: false, fresh: false }];
  const kept = after.slice(added);
  if (kept.length === before.length - removed) return [{ rows: after, shift: true, fresh: false }];
  return [
    { rows: [...before.slice(0, removed), ...kept], shift: false, fresh: false },
    { rows: after, shift: true, fresh: false },
  ];
}

/** How many rows left and came at the start; null when the two have no row in common. */
function startOf<Row extends { id: string }>(before: readonly Row[], after: readonly Row[]): { removed: number; added: number } | null {
  if (before.length === 0 || after.length === 0) return null;
  const places = new Map(after.map((row, index) => [row.id, index]));
  for (const [removed, row] of before.entries()) {
    const added = places.get(row.id);
    if (added !== undefined) return { removed, added };
  }
  return null;
}
