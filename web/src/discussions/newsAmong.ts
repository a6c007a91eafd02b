export interface Shown {
  id: string;
  lastNumber: number;
}

/** How many of the latest discussions are not shown, or have grown since. What is older than all that is shown is no news. */
export function newsAmong(latest: readonly Shown[], shown: readonly Shown[]): number {
  const known = new Map(shown.map(({ id, lastNumber }) => [id, lastNumber]));
  const upTo = shown.length === 0 ? latest.length : latest.findLastIndex(({ id }) => known.has(id));
  return latest.slice(0, upTo + 1).filter(({ id, lastNumber }) => lastNumber > (known.get(id) ?? -1)).length;
}

/** Those that were heard of stand first, the newest of them before all: an answer may be from before, or have them already. */
export function withNew(latest: readonly Shown[], heard: readonly Shown[]): readonly Shown[] {
  const known = new Set(latest.map(({ id }) => id));
  return [...heard.filter(({ id }) => !known.has(id)).reverse(), ...latest];
}
