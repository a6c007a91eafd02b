/** Where a list stands: a message, and how it lies on the screen. Kept with each step of the browser's history. */
export interface Place {
  /** Null: at the end. */
  number: number | null;
  at: 'start' | 'center';
  /** Pixels from there. */
  offset: number;
}

export const theEnd: Place = { number: null, at: 'start', offset: 0 };

interface Kept {
  channel: string;
  place: Place;
}

const key = 'plazaPlace';

/** Notes where the list of this channel stands, with the present step of the history; it survives going on, back, and a reload. */
export function keepPlace(channel: string, place: Place): void {
  history.replaceState({ ...history.state, [key]: { channel, place } satisfies Kept }, '');
}

/** Where the list stood when this step of the history was left; null where it was at its end or never shown. */
export function keptPlace(channel: string): Place | null {
  const kept: unknown = history.state?.[key];
  if (!isKept(kept) || kept.channel !== channel || kept.place.number === null) return null;
  return kept.place;
}

function isKept(kept: unknown): kept is Kept {
  return typeof kept === 'object' && kept !== null && 'channel' in kept && 'place' in kept;
}
