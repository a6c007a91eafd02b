import { PlazaError } from '../../../contracts/errors.ts';
import { limits } from '../../../contracts/wire.ts';
import { wholeNumber } from '../../kit/text.ts';
import { channelId, freshly } from './access.ts';
import type { Deps } from './deps.ts';
import type { Conversations, Since } from './index.ts';
import { type ChannelRow, type MessageRow, messageColumns, toChannel, toMessage } from './rows.ts';

type Found = { [column in keyof MessageRow]: MessageRow[column] | null } & {
  head_number: number;
  head_version: number;
  changed_version: number;
};

/**
 * Every message changed after a version, each once, in its latest state, in order of version; `gap` when there is
 * more than the limit (L7). The head is read in the same statement as the messages, so the answer is complete up to
 * its version. Access is asked after the reading: what was read was there before any later refusal (L9).
 */
export function since({ sql, policy }: Deps): Conversations['since'] {
  return async (who, input): Promise<Since> => {
    const { channel } = input;
    channelId(channel);
    const version = wholeNumber(input.version, 'version', 0);
    const limit = wholeNumber(input.limit ?? limits.page, 'limit', 1, limits.page);
    const rows = await sql<Found[]>`
      select h.number as head_number, h.version as head_version, c.changed_version, m.*
      from channel_heads h join channels c on c.id = h.channel
      left join lateral (
        select ${messageColumns(sql)}
        from messages where channel = ${channel} and version > ${version} order by version limit ${limit + 1}
      ) m on true
      where h.channel = ${channel}`;
    const [head] = rows;
    const changed = head !== undefined && head.changed_version > version;
    const [details] = changed ? await sql<ChannelRow[]>`select * from channels where id = ${channel}` : [];
    await freshly(policy, who, channel);
    if (head === undefined) throw new PlazaError('not_found');

    const found = rows.filter(isMessage).map(toMessage);
    const messages = found.slice(0, limit);
    const gap = found.length > limit;
    return {
      channel,
      version: gap ? (messages.at(-1)?.version ?? version) : head.head_version,
      number: head.head_number,
      details: details === undefined ? null : toChannel(details),
      messages,
      gap,
    };
  };
}

/** False for the one row of nulls that an outer join gives when there is no message. */
export function isMessage<Row extends { number: number | null }>(row: Row): row is Row & MessageRow {
  return row.number !== null;
}
