import { PlazaError } from '../../../contracts/errors.ts';
import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { type CommunityRow, columns, toCommunity } from './rows.ts';
import { visible } from './visible.ts';

export function get({ reads }: Deps): Communities['get'] {
  return async (who, { id, slug }) => {
    if ((id === undefined) === (slug === undefined)) {
      throw new PlazaError('invalid_input', 'Name the community by its id or by its slug, one of the two.', { field: 'id' });
    }
    const known = id === undefined ? slug !== undefined && !slug.includes('\u0000') && slug.isWellFormed() : isId(id);
    const [row] = known
      ? await reads<CommunityRow[]>`
          select ${columns(reads)} from communities c
          where ${visible(reads, who)} and ${id === undefined ? reads`c.slug = ${slug?.normalize('NFC').toLowerCase() ?? ''}` : reads`c.id = ${id}`}`
      : [];
    if (!row) throw new PlazaError('not_found', 'There is no such community, or you may not see it.');
    return toCommunity(row);
  };
}
