import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { emit } from '../../engines/feed/emit.ts';
import { violated } from '../../engines/postgres/index.ts';
import type { Deps } from './deps.ts';
import { cleanAbout, cleanAvatar, cleanInterests, cleanName } from './fields.ts';
import { cleanHandle } from './handle.ts';
import type { People } from './index.ts';
import { columns, type ProfileRow, toPerson, toProfile } from './rows.ts';

export function update({ sql, policy, known }: Deps): People['update'] {
  return async (who, input) => {
    const me = who.person;
    if (me === null) throw new PlazaError('unauthenticated');
    if (who.role === 'application') policy.ask('application.write', policy.standing(who));
    const changes = cleanChanges(input);
    if (Object.keys(changes).length === 0) throw new PlazaError('invalid_input', 'Nothing to change was given.');

    const row = await sql
      .begin(async (tx) => {
        const [changed] = await tx<(ProfileRow & { account: Id | null })[]>`
          update people set ${tx(changes)} where id = ${me.id} and application = ${who.application} returning ${columns(tx)}, account`;
        if (!changed) throw new PlazaError('not_found');
        const { account } = changed;
        await emit(tx, [
          { topic: { kind: 'person', person: me.id }, event: { type: 'profile', person: toPerson(changed) } },
          // Without a channel or community it speaks of the person alone; a bot's account is its application.
          {
            topic: { kind: 'access' },
            event: { type: 'access', person: me.id, ...(account === null ? { application: who.application } : { account }) },
          },
        ]);
        return changed;
      })
      .catch((error: unknown) => {
        if (violated(error) === 'people_by_handle')
          throw new PlazaError('taken', 'This handle is taken; choose another.', { field: 'handle' });
        throw error;
      });
    known.forget(me.id);
    return toProfile(row);
  };
}

function cleanChanges(input: Parameters<People['update']>[1]) {
  return {
    ...(input.name !== undefined && { name: cleanName(input.name) }),
    ...(input.handle !== undefined && { handle: cleanHandle(input.handle) }),
    ...(input.about !== undefined && { about: cleanAbout(input.about) }),
    ...(input.interests !== undefined && { interests: cleanInterests(input.interests) }),
    ...(input.avatar !== undefined && { avatar: cleanAvatar(input.avatar) }),
  };
}
