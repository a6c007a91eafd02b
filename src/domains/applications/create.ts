import { text } from '../../kit/text.ts';
import { scopes } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import type { Applications } from './index.ts';
import { type ApplicationRow, columns, toApplication } from './rows.ts';
import { addToken } from './token.ts';

export function create({ sql, policy, people }: Deps): Applications['create'] {
  return async (who, input) => {
    policy.ask('application.manage', policy.standing(who));
    const name = text(input.name, { field: 'name', min: 1, max: 80 });
    return sql.begin(async (tx) => {
      const [made] = await tx<{ id: string }[]>`insert into applications (name) values (${name}) returning id`;
      if (!made) throw new Error('The insert gave no row back.');
      const bot = await people.add(tx, { application: made.id, account: null, name, bot: true });
      const [row] = await tx<ApplicationRow[]>`update applications set bot = ${bot.id} where id = ${made.id} returning ${columns(tx)}`;
      if (!row) throw new Error('The update gave no row back.');
      const { token } = await addToken(tx, { application: row.id, name: 'default', scopes });
      return { application: toApplication(row), token };
    });
  };
}
