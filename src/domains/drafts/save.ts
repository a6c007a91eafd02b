import { PlazaError } from '../../../contracts/errors.ts';
import type { Draft, Id } from '../../../contracts/nouns.ts';
import { limits } from '../../../contracts/wire.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Sql, Transaction } from '../../engines/postgres/index.ts';
import { isId } from '../../kit/page.ts';
import { text, wholeNumber } from '../../kit/text.ts';
import type { Policy, Who } from '../policy/index.ts';
import type { Deps, Drafts } from './index.ts';
import { columns, type DraftRow, toDraft } from './rows.ts';

/** The same as a discussion's title and a message may have. */
const longest = { title: 200, body: limits.bodyCharacters };
const most = 500;

type Words = Pick<Draft, 'place' | 'title' | 'body' | 'replyTo'>;

export function save({ sql, policy }: Deps): Drafts['save'] {
  return async (who, input) => {
    const title = text(input.title ?? '', { field: 'title', max: longest.title });
    const body = text(input.body, { field: 'body', max: longest.body, lines: true });
    const replyTo = input.replyTo == null ? null : wholeNumber(input.replyTo, 'replyTo', 1);
    const words: Words = { place: input.place, title, body, replyTo };
    const person = who.person?.id;
    // What is one's own may be thrown away, also where one may not go any more.
    const isMine = isEmpty(words) && person !== undefined && isId(words.place) && (await exists(sql, person, words.place));
    if (!isMine) await askPlace(policy, who, words);
    if (person === undefined) throw new PlazaError('unauthenticated');

    return sql.begin(async (tx) => {
      // One change of a person at a time: so the limit holds, and the last word is the last event.
      await tx`select from people where id = ${person} for no key update`;
      const changed = isEmpty(words) ? await throwAway(tx, person, words.place) : await keep(tx, person, words);
      await emit(
        tx,
        changed.map((draft) => ({ topic: { kind: 'person', person }, event: { type: 'draft', draft } })),
      );
      return changed[0] ?? (await unchanged(tx, person, words.place));
    });
  };
}

function isEmpty({ title, body }: Words): boolean {
  return title === '' && body.trim() === '';
}

async function exists(sql: Sql, person: Id, place: Id): Promise<boolean> {
  const found = await sql`select from drafts where person = ${person} and place = ${place}`;
  return found.count > 0;
}

function empty(place: Id): Draft {
  return { place, title: '', body: '', replyTo: null, updatedAt: new Date().toISOString() };
}

/** @throws not_found, invalid_input for what such a place does not have */
async function askPlace(policy: Policy, who: Who, { place, title, replyTo }: Words): Promise<void> {
  const [[channel], [community]] = isId(place)
    ? await Promise.all([policy.toChannels([{ who, channel: place }]), policy.toCommunities(who, [place])])
    : [[], []];
  const standing = channel ?? community;
  if (!standing) throw new PlazaError('not_found', 'There is no such channel or community, or you may not see it.', { field: 'place' });
  policy.ask('draft.save', standing);
  if (channel && title !== '') throw new PlazaError('invalid_input', 'Only a new discussion has a title.', { field: 'title' });
  if (community && replyTo !== null) throw new PlazaError('invalid_input', 'A new discussion replies to nothing.', { field: 'replyTo' });
}

/** What changed: the draft first, then those that had to go for it. Nothing, if the very same was kept already. */
async function keep(tx: Transaction, person: Id, { place, title, body, replyTo }: Words): Promise<Draft[]> {
  const [row] = await tx<DraftRow[]>`
    insert into drafts as d (person, place, title, body, reply_to, updated_at)
    values (${person}, ${place}, ${title}, ${body}, ${replyTo}, date_trunc('milliseconds', clock_timestamp()))
    on conflict (person, place) do update
      set title = excluded.title, body = excluded.body, reply_to = excluded.reply_to, updated_at = excluded.updated_at
      where (d.title, d.body, d.reply_to) is distinct from (excluded.title, excluded.body, excluded.reply_to)
    returning ${columns(tx)}`;
  if (!row) return [];
  const gone = await tx<{ place: Id }[]>`
    delete from drafts where person = ${person} and place in (
      select place from drafts where person = ${person} order by updated_at desc, place desc offset ${most}
    ) returning place`;
  return [toDraft(row), ...gone.map((old) => empty(old.place))];
}

async function throwAway(tx: Transaction, person: Id, place: Id): Promise<Draft[]> {
  const { count } = await tx`delete from drafts where person = ${person} and place = ${place}`;
  return count > 0 ? [empty(place)] : [];
}

async function unchanged(tx: Transaction, person: Id, place: Id): Promise<Draft> {
  const [row] = await tx<DraftRow[]>`select ${columns(tx)} from drafts where person = ${person} and place = ${place}`;
  return row ? toDraft(row) : empty(place);
}
