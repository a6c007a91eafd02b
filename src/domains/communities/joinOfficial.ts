import type { Id } from '../../../contracts/nouns.ts';
import { emit } from '../../engines/feed/emit.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';

export function joinOfficial({ conversations }: Deps): Communities['joinOfficial'] {
  return async (tx, { application, person }) => {
    const joined = await tx<{ community: Id }[]>`
      insert into community_members (community, person)
      select id, ${person} from communities where application = ${application} and official
      on conflict do nothing returning community`;
    if (joined.length === 0) return;
    await conversations.enterCommunities(tx, { communities: joined.map((one) => one.community), person });
    await emit(
      tx,
      joined.flatMap(({ community }) => [
        { topic: { kind: 'person' as const, person }, event: { type: 'community_joined' as const, community, role: 'member' as const } },
        { topic: { kind: 'access' as const }, event: { type: 'access' as const, community, person } },
      ]),
    );
  };
}
