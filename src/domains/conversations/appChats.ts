import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Sql } from '../../engines/postgres/index.ts';
import { decodeCursor, isId, pageSize, toPage } from '../../kit/page.ts';
import { wholeNumber } from '../../kit/text.ts';
import type { Policy, Who } from '../policy/index.ts';
import { type Deps, speaker } from './deps.ts';
import type { AppChat, Conversations } from './index.ts';
import { channelName } from './names.ts';
import { openChannel } from './open.ts';
import { type ChannelRow, toChannel } from './rows.ts';

/** Makes a chat in an application, numbered 1…n: the number is taken under the lock of the application's row. */
export function createAppChat({ sql, policy }: Deps): Conversations['createAppChat'] {
  return async (who, input) => {
    const name = input.name === undefined ? undefined : channelName(input.name);
    await askApplication(sql, policy, who, input.application, 'application.write');
    const by = speaker(who);
    return await sql.begin(async (tx) => {
      const [row] = await tx<{ number: number; bot: Id | null }[]>`
        update applications set last_chat_number = last_chat_number + 1, updated_at = now() where id = ${input.application}
        returning last_chat_number as number, bot`;
      if (!row) throw noApplication();
      const members = row.bot === null ? [] : [{ person: row.bot, role: 'owner' } as const];
      const channel = await openChannel(tx, {
        application: input.application,
        kind: 'chat',
        createdBy: by.id,
        visibility: 'private',
        chatNumber: row.number,
        ...(name === undefined ? {} : { name }),
        members,
      });
      return { channel, number: row.number, messagesCount: 0 };
    });
  };
}

export function appChats({ sql, policy }: Deps): Conversations['appChats'] {
  return async (who, application, page) => {
    const size = pageSize(page);
    const after = page.after ? Number(decodeCursor(page.after, ['int'])[0]) : 0;
    await askApplication(sql, policy, who, application, 'application.read');
    const rows = await sql<AppChatRow[]>`
      select c.*, h.number as last_number from channels c join channel_heads h on h.channel = c.id
      where c.application = ${application} and c.chat_number is not null and c.chat_number > ${after}
      order by c.chat_number limit ${size + 1}`;
    return toPage(rows, size, toAppChat, (row) => [row.chat_number ?? 0]);
  };
}

export function appChat({ sql, policy }: Deps): Conversations['appChat'] {
  return async (who, input) => {
    const number = wholeNumber(input.number, 'number', 1);
    await askApplication(sql, policy, who, input.application, 'application.read');
    const [row] = await sql<AppChatRow[]>`
      select c.*, h.number as last_number from channels c join channel_heads h on h.channel = c.id
      where c.application = ${input.application} and c.chat_number = ${number}`;
    if (!row) throw new PlazaError('not_found', `There is no chat ${number} in this application.`);
    return toAppChat(row);
  };
}

type AppChatRow = ChannelRow & { last_number: number };

function toAppChat(row: AppChatRow): AppChat {
  return { channel: toChannel(row), number: row.chat_number ?? 0, messagesCount: row.last_number };
}

const noApplication = () => new PlazaError('not_found', 'There is no such application, or it is not yours.');

/** @throws not_found for another's application, forbidden where the token's scopes do not reach */
async function askApplication(
  sql: Sql,
  policy: Policy,
  who: Who,
  application: Id,
  action: 'application.read' | 'application.write',
): Promise<void> {
  const facts = { ...policy.standing(who), sameApplication: who.application === application };
  const decision = policy.decide(action, facts);
  if (!decision.allowed && !facts.sameApplication) throw noApplication();
  policy.ask(action, facts);
  const known = isId(application) ? await sql`select from applications where id = ${application}` : [];
  if (known.length === 0) throw noApplication();
}
