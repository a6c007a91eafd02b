import { PlazaError } from '../../../contracts/errors.ts';
import { emit } from '../../engines/feed/emit.ts';
import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Applications } from './index.ts';
import { reach } from './reach.ts';

export function revokeToken({ sql, policy, known }: Deps): Applications['revokeToken'] {
  return async (who, { application, token }) => {
    reach(policy, who, 'application.manage', application);
    await sql.begin(async (tx) => {
      const [gone] = await tx`
        delete from application_tokens where application = ${application} and id = ${isId(token) ? token : '0'} returning id`;
      if (!gone) throw new PlazaError('not_found', 'There is no such token.');
      await emit(tx, [{ topic: { kind: 'access' }, event: { type: 'access', application } }]);
    });
    known.forgetAll();
  };
}
