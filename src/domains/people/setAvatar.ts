import { createHash } from 'node:crypto';
import type { Deps } from './deps.ts';
import type { People } from './index.ts';
import { squarePicture } from './picture.ts';
import { toProfile } from './rows.ts';
import { oneself, write } from './update.ts';

export function setAvatar({ sql, policy, known }: Deps): People['setAvatar'] {
  return async (who, image) => {
    const me = oneself(policy, who);
    const square = await squarePicture(image);
    const hash = createHash('sha256').update(square).digest('hex');
    const row = await sql.begin(async (tx) => {
      const changed = await write(tx, who.application, me.id, { avatar: `/avatars/${hash}` });
      // The one before goes: a person has one picture.
      await tx`
        insert into avatars (person, hash, image) values (${me.id}, ${hash}, ${square})
        on conflict (person) do update set hash = excluded.hash, image = excluded.image`;
      return changed;
    });
    known.forget(me.id);
    return toProfile(row);
  };
}
