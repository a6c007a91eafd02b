import type { Id } from '../../../contracts/nouns.ts';
import { numbers } from '../../engines/postgres/index.ts';
import { gathered } from '../../kit/gathered.ts';
import { isId } from '../../kit/page.ts';
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

interface Part {
  person: Id;
  channel: Id;
  from: number;
  to: number;
}

export function between({ reads }: Deps): Bookmarks['between'] {
  const ask = gathered<Part, number[]>(async (parts) => {
    const rows = await reads<{ place: number; number: number }[]>`
      select a.place::int, b.number from unnest(
        ${numbers(parts.map(({ person }) => person))}::bigint[], ${numbers(parts.map(({ channel }) => channel))}::bigint[],
        ${numbers(parts.map(({ from }) => from))}::int[], ${numbers(parts.map(({ to }) => to))}::int[]
      ) with ordinality as a (person, channel, first, last, place)
      join bookmarks b on b.person = a.person and b.channel = a.channel and b.number between a.first and a.last`;
    const found: number[][] = parts.map(() => []);
    for (const { place, number } of rows) found[place - 1]?.push(number);
    return found;
  });
  return async (who, { channel, from, to }) => {
    if (who.person === null || !isId(channel)) return [];
    return (await ask({ person: who.person.id, channel, from, to })) ?? [];
  };
}
