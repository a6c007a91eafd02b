import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { tags } from '../../kit/text.ts';
import type { Deps } from './deps.ts';
import { cleanDescription, cleanName, cleanSlug, cleanVisibility } from './fields.ts';
import type { Communities } from './index.ts';
import { self } from './locked.ts';
import { addMember } from './membership.ts';
import { type CommunityRow, columns, toCommunity } from './rows.ts';
import { slugsOf } from './slug.ts';

export function create({ sql, policy, conversations }: Deps): Communities['create'] {
  return async (who, input) => {
    const facts = policy.standing(who);
    policy.ask('community.create', facts);
    if (input.official) policy.ask('community.make_official', facts);
    const me = self(who);
    const fields = {
      name: cleanName(input.name),
      description: cleanDescription(input.description ?? ''),
      tags: tags(input.tags ?? []),
      visibility: cleanVisibility(input.visibility ?? 'public'),
      official: input.official ?? false,
    };
    const slugs = input.slug === undefined ? slugsOf(fields.name) : [cleanSlug(input.slug)];

    const { row } = await sql.begin(async (tx) => {
      const row = await insert(tx, { application: who.application, createdBy: me.id }, fields, slugs);
      await addMember(tx, conversations, { community: row.id, person: me.id }, 'owner');
      await conversations.firstChat(tx, { application: who.application, community: row.id, person: me.id });
      return { row };
    });
    return toCommunity(row);
  };
}

export type Fields = Pick<CommunityRow, 'name' | 'description' | 'tags' | 'visibility' | 'official'>;

interface Origin {
  application: Id;
  createdBy: Id;
  /** Now, unless history is brought in. */
  createdAt?: Date;
}

/** Takes the first of the slugs that is free. @throws taken */
export async function insert(
  tx: Transaction,
  { application, createdBy, createdAt }: Origin,
  fields: Fields,
  slugs: Iterable<string>,
): Promise<CommunityRow> {
  for (const slug of slugs) {
    const [row] = await tx<CommunityRow[]>`
      insert into communities as c (application, slug, name, description, tags, visibility, official, created_by, created_at)
      values (${application}, ${slug}, ${fields.name}, ${fields.description}, ${fields.tags}::text[], ${fields.visibility}, ${fields.official},
        ${createdBy}, coalesce(${createdAt ?? null}, now()))
      on conflict (application, slug) do nothing
      returning ${columns(tx)}`;
    if (row) return row;
  }
  throw new PlazaError('taken', 'Another community has that slug; choose another.', { field: 'slug', rule: 'slug-taken' });
}
