import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Sql } from '../../engines/postgres/index.ts';
import { isId } from '../../kit/page.ts';
import type { Who } from '../policy/index.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';
import { channelName } from './names.ts';
import { openChannel } from './open.ts';

export const largestGroup = 100;

/** Makes a group message: a private channel of these people and the caller. */
export function createGroup({ sql, policy }: Deps): Conversations['createGroup'] {
  return async (who, input) => {
    const name = input.name === undefined ? undefined : channelName(input.name);
    policy.ask('direct.open', policy.standing(who));
    const by = speaker(who);
    const people = [...new Set(input.people)].filter((id) => id !== by.id);
    if (people.length < 1 || people.length >= largestGroup) {
      throw new PlazaError('invalid_input', `A group has 1 to ${largestGroup - 1} people besides you.`, {
        field: 'people',
        rule: 'group-size',
        limit: largestGroup - 1,
      });
    }
    await mustExist(sql, who, people, 'people');
    return await sql.begin((tx) =>
      openChannel(tx, {
        application: who.application,
        kind: 'group',
        createdBy: by.id,
        visibility: 'private',
        ...(name === undefined ? {} : { name }),
        members: [{ person: by.id, role: 'owner' }, ...people.map((person) => ({ person, role: 'member' }) as const)],
      }),
    );
  };
}

/** @throws not_found unless all are people of the caller's application */
export async function mustExist(sql: Sql, who: Who, people: readonly Id[], field: string): Promise<void> {
  const missing = () => new PlazaError('not_found', 'There is no such person.', { field, rule: 'no-person' });
  if (!people.every(isId)) throw missing();
  const found = await sql`select id from people where application = ${who.application} and id = any(${[...people]}::bigint[])`;
  if (found.length < new Set(people).size) throw missing();
}
