import type { Community, Id, Visibility } from '../../../contracts/nouns.ts';
import type { Sql } from '../../engines/postgres/index.ts';

export interface CommunityRow {
  id: Id;
  slug: string;
  name: string;
  description: string;
  tags: string[];
  visibility: Visibility;
  official: boolean;
  created_by: Id | null;
  created_at: Date;
}

/** The columns of a `CommunityRow`, of the table or alias `c`. */
export function columns(sql: Sql) {
  return sql`c.id, c.slug, c.name, c.description, c.tags, c.visibility, c.official, c.created_by, c.created_at`;
}

export function toCommunity(row: CommunityRow): Community {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    tags: row.tags,
    visibility: row.visibility,
    official: row.official,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
  };
}
