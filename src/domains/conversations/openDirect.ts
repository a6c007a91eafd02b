import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { violated } from '../../engines/postgres/index.ts';
import { mustExist } from './createGroup.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';
import { openChannel } from './open.ts';
import { type ChannelRow, toChannel } from './rows.ts';

/** What tells two people's direct channel from all others: smaller id first. */
export function pairOf(people: readonly Id[]): string {
  return people.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)).join('/');
}

/** The direct channel of two people exists once, whoever opens it and however many do at the same moment (E2). */
export function openDirect({ sql, policy }: Deps): Conversations['openDirect'] {
  return async (who, input) => {
    policy.ask('direct.open', policy.standing(who));
    const by = speaker(who);
    if (input.person === by.id)
      throw new PlazaError('invalid_input', 'Choose another person than yourself.', { field: 'person', rule: 'oneself' });
    await mustExist(sql, who, [input.person], 'person');
    const pair = pairOf([by.id, input.person]);

    const existing = async () => {
      const [row] = await sql<ChannelRow[]>`select * from channels where application = ${who.application} and pair = ${pair}`;
      return row === undefined ? null : toChannel(row);
    };
    const found = await existing();
    if (found !== null) return found;
    try {
      return await sql.begin((tx) =>
        openChannel(tx, {
          application: who.application,
          kind: 'direct',
          createdBy: by.id,
          visibility: 'private',
          pair,
          members: [by.id, input.person].map((person) => ({ person, role: 'member' })),
        }),
      );
    } catch (error) {
      // The other one, or another device, was first.
      const first = violated(error) === 'channels_by_pair' ? await existing() : null;
      if (first === null) throw error;
      return first;
    }
  };
}
