import { PlazaError } from '../../../contracts/errors.ts';
import { decodeCursor, pageSize, toPage } from '../../kit/page.ts';
import { text } from '../../kit/text.ts';
import { channelId, freshly } from './access.ts';
import type { Deps } from './deps.ts';
import type { Conversations } from './index.ts';
import { type MessageRow, messageColumns, toMessage } from './rows.ts';

/** Words and beginnings of words in a chat of an application, all of them, newest first. */
export function search({ sql, policy }: Deps): Conversations['search'] {
  return async (who, input, page) => {
    channelId(input.channel);
    const size = pageSize(page);
    const words = text(input.q, { field: 'q', min: 1, max: 200 }).match(/[\p{L}\p{N}]+/gu) ?? [];
    if (words.length === 0) throw new PlazaError('invalid_input', '"q" must hold at least one word.', { field: 'q' });
    const before = page.after ? Number(decodeCursor(page.after, ['int'])[0]) : 2_147_483_647;
    // Found first, sorted after: the planner takes every beginning of a word for a common one, and would read the whole
    // chat backwards in the hope of meeting matches soon.
    const rows = await sql<MessageRow[]>`
      with found as materialized (
        select ${messageColumns(sql)} from messages
        where channel = ${input.channel} and words @@ to_tsquery('simple', ${words.map((word) => `${word}:*`).join(' & ')})
          and number < ${before} and deleted_at is null
      )
      select * from found order by number desc limit ${size + 1}`;
    await freshly(policy, who, input.channel);
    return toPage(rows, size, toMessage, (row) => [row.number]);
  };
}
