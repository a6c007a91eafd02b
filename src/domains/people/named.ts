import type { Pool } from '../../engines/postgres/index.ts';
import { text } from '../../kit/text.ts';

/**
 * A condition on `people.folded`, which is name and handle without accents and case: that this is part of it. One or two
 * Latin letters make no trigram, so they are looked for at the beginnings of words only.
 */
export function named(sql: Pool, q: string) {
  const pattern = q.replace(/[\\%_]/g, '\\$&');
  return q.length < 3 && /^[\p{Script=Latin}\p{M}\p{N}]+$/u.test(q.normalize('NFKD'))
    ? sql`(folded like fold(${pattern}) || '%' or folded like '% ' || fold(${pattern}) || '%')`
    : sql`folded like '%' || fold(${pattern}) || '%'`;
}

/** What is looked for, as it was typed. */
export function cleanQuery(q: string): string {
  return text(q, { field: 'q', max: 100 }).replace(/^@/, '');
}
