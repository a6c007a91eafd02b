/** Each thing of a kind once, in the order in which they came, and for each that came its place among those. */
export function distinct<T>(all: readonly T[], keyOf: (one: T) => string): { different: T[]; places: number[] } {
  const placeOf = new Map<string, number>();
  const different: T[] = [];
  const places = all.map((one) => {
    const key = keyOf(one);
    const known = placeOf.get(key);
    if (known !== undefined) return known;
    const place = different.push(one) - 1;
    placeOf.set(key, place);
    return place;
  });
  return { different, places };
}
