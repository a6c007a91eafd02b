import type { Bookmarks, Deps } from './index.ts';

export function mine({ sql }: Deps): Bookmarks['mine'] {
  return async (who, places) => {
    if (who.person === null || places.length === 0) return places.map(() => false);
    const rows = await sql<{ place: number }[]>`
      select a.place::int
      from unnest(${places.map(({ channel }) => channel)}::bigint[], ${places.map(({ number }) => number)}::int[])
        with ordinality as a (channel, number, place)
      join bookmarks b on b.person = ${who.person.id} and b.channel = a.channel and b.number = a.number`;
    const found = new Set(rows.map((row) => row.place));
    return places.map((_place, i) => found.has(i + 1));
  };
}
