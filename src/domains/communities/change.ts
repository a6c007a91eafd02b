import { PlazaError } from '../../../contracts/errors.ts';
import { emit } from '../../engines/feed/emit.ts';
import { tags } from '../../kit/text.ts';
import type { Deps } from './deps.ts';
import { cleanDescription, cleanName, cleanVisibility } from './fields.ts';
import type { Communities } from './index.ts';
import { locked } from './locked.ts';
import { read } from './read.ts';
import { type CommunityRow, columns, toCommunity } from './rows.ts';

/** What is not given stays. The slug stays too: it is in addresses that people have kept. */
export function change(deps: Deps): Communities['change'] {
  return async (who, input) => {
    const changed = await locked(deps, who, input.community, 'alone', async (tx, facts) => {
      deps.policy.ask('community.change', facts);
      if (input.official !== undefined) deps.policy.ask('community.make_official', facts);
      const name = input.name === undefined ? null : cleanName(input.name);
      const description = input.description === undefined ? null : cleanDescription(input.description);
      const tagged = input.tags === undefined ? null : tags(input.tags);
      const visibility = input.visibility === undefined ? null : cleanVisibility(input.visibility);

      const before = await read(tx, input.community);
      const [row] = await tx<CommunityRow[]>`
        update communities as c set name = coalesce(${name}, name), description = coalesce(${description}, description),
          tags = coalesce(${tagged}::text[], tags), visibility = coalesce(${visibility}, visibility), official = coalesce(${input.official ?? null}, official)
        where id = ${input.community} returning ${columns(tx)}`;
      if (!row) throw new PlazaError('not_found');
      const community = toCommunity(row);
      if (community.visibility !== before.visibility) {
        await emit(tx, [{ topic: { kind: 'access' }, event: { type: 'access', community: row.id } }]);
      }
      if (JSON.stringify(community) !== JSON.stringify(before)) {
        await emit(tx, [{ topic: { kind: 'community', community: row.id }, event: { type: 'community_changed', community } }]);
      }
      return community;
    });
    // This process does not wait for the feed to tell it.
    if (input.visibility !== undefined) deps.policy.forget({ type: 'access', community: input.community });
    return changed;
  };
}
