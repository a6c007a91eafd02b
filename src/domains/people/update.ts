import { PlazaError } from '../../../contracts/errors.ts';
import type { Id, Person } from '../../../contracts/nouns.ts';
import { emit } from '../../engines/feed/emit.ts';
import { type Transaction, violated } from '../../engines/postgres/index.ts';
import type { Policy, Who } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import { cleanAbout, cleanInterests, cleanName, cleanStatus, noAvatar } from './fields.ts';
import { cleanHandle } from './handle.ts';
import type { People } from './index.ts';
import { columns, type ProfileRow, toPerson, toProfile } from './rows.ts';

export function update({ sql, policy, known }: Deps): People['update'] {
  return async (who, input) => {
    const me = oneself(policy, who);
    const changes = cleanChanges(input);
    if (Object.keys(changes).length === 0) throw new PlazaError('invalid_input', 'Nothing to change was given.');

    const row = await sql
      .begin(async (tx) => {
        const changed = await write(tx, who.application, me.id, changes);
        if (input.avatar === null) await tx`delete from avatars where person = ${me.id}`;
        return changed;
      })
      .catch((error: unknown) => {
        if (violated(error) === 'people_by_handle')
          throw new PlazaError('taken', 'This handle is taken; choose another.', { field: 'handle', rule: 'handle-taken' });
        throw error;
      });
    known.forget(me.id);
    return toProfile(row);
  };
}

/** Who changes its own profile. @throws unauthenticated, forbidden for a token that may not write */
export function oneself(policy: Policy, who: Who): Person {
  if (who.person === null) throw new PlazaError('unauthenticated');
  if (who.role === 'application') policy.ask('application.write', policy.standing(who));
  return who.person;
}

/** Changes the row, and tells the person's devices and all processes. @throws not_found */
export async function write(
  tx: Transaction,
  application: Id,
  person: Id,
  changes: Readonly<Record<string, string | string[] | Date | null>>,
): Promise<ProfileRow> {
  const [changed] = await tx<(ProfileRow & { account: Id | null })[]>`
    update people set ${tx(changes)} where id = ${person} and application = ${application} returning ${columns(tx)}, account`;
  if (!changed) throw new PlazaError('not_found');
  const { account } = changed;
  await emit(tx, [
    { topic: { kind: 'person', person }, event: { type: 'profile', person: toPerson(changed) } },
    // Without a channel or community it speaks of the person alone; a bot's account is its application.
    { topic: { kind: 'access' }, event: { type: 'access', person, ...(account === null ? { application } : { account }) } },
  ]);
  return changed;
}

function cleanChanges(input: Parameters<People['update']>[1]) {
  return {
    ...(input.name !== undefined && { name: cleanName(input.name) }),
    ...(input.handle !== undefined && { handle: cleanHandle(input.handle) }),
    ...(input.about !== undefined && { about: cleanAbout(input.about) }),
    ...(input.interests !== undefined && { interests: cleanInterests(input.interests) }),
    ...(input.avatar !== undefined && { avatar: noAvatar(input.avatar) }),
    ...(input.status !== undefined && cleanStatus(input.status)),
  };
}
