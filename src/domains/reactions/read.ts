import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { decodeCursor, isId, pageSize, toPage } from '../../kit/page.ts';
import { wholeNumber } from '../../kit/text.ts';
import type { Deps } from './create.ts';
import type { Reactions } from './index.ts';

/** Which of these messages carry reactions of the caller. For messages that the caller was already given. */
export function mine({ sql }: Deps): Reactions['mine'] {
  return async (who, channel, numbers) => {
    if (who.person === null || numbers.length === 0 || !isId(channel)) return [];
    return await sql<{ number: number; emoji: string[] }[]>`
      select number, array_agg(emoji order by created_at, emoji) as emoji from reactions
      where channel = ${channel} and number = any(${[...numbers]}::int[]) and person = ${who.person.id}
      group by number order by number`;
  };
}

export function mineOf({ sql }: Deps): Reactions['mineOf'] {
  return async (who, refs) => {
    if (who.person === null || refs.length === 0) return refs.map(() => []);
    const rows = await sql<{ place: number; emoji: string[] }[]>`
      select a.place::int, array_agg(r.emoji order by r.created_at, r.emoji) as emoji
      from unnest(${refs.map((ref) => ref.channel)}::bigint[], ${refs.map((ref) => ref.number)}::int[]) with ordinality as a (channel, number, place)
      join reactions r on r.channel = a.channel and r.number = a.number and r.person = ${who.person.id}
      group by a.place`;
    const found = new Map(rows.map((row) => [row.place, row.emoji]));
    return refs.map((_ref, i) => found.get(i + 1) ?? []);
  };
}

/** Who reacted with this emoji, by age of the person. */
export function people({ sql, policy }: Deps): Reactions['people'] {
  return async (who, input, page) => {
    const size = pageSize(page);
    const number = wholeNumber(input.number, 'number', 1);
    const after = page.after ? (decodeCursor(page.after, ['id'])[0] ?? '0') : '0';
    if (!isId(input.channel)) throw new PlazaError('not_found');
    const rows = await sql<{ person: Id }[]>`
      select person from reactions
      where channel = ${input.channel} and number = ${number} and emoji = ${input.emoji} and person > ${after}
      order by person limit ${size + 1}`;
    const [standing] = await policy.toChannels([{ who, channel: input.channel }]);
    if (!standing) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
    return toPage(
      rows,
      size,
      (row) => row.person,
      (row) => [row.person],
    );
  };
}
