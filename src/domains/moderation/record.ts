import { limits } from '../../../contracts/wire.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { text } from '../../kit/text.ts';
import type { ModerationEntry } from './index.ts';

/** Why something was done, as it is kept; empty where nothing was given. @throws invalid_input beyond 500 characters */
export function cleanReason(reason: string | null | undefined): string {
  return text(reason ?? '', { field: 'reason', max: limits.reasonCharacters });
}

/** Keeps what was done, in the transaction that does it. One query, none for nothing. */
export async function record(tx: Transaction, entries: readonly ModerationEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx`
    insert into moderation_actions (application, community, channel, number, person, by, kind, role, reason)
    select application, community, channel, number, person, by, kind, role, reason
    from unnest(${entries.map((e) => e.application)}::bigint[], ${entries.map((e) => e.community)}::bigint[], ${entries.map((e) => e.channel)}::bigint[],
      ${entries.map((e) => e.number)}::int[], ${entries.map((e) => e.person)}::bigint[], ${entries.map((e) => e.by)}::bigint[],
      ${entries.map((e) => e.kind)}::text[], ${entries.map((e) => e.role ?? null)}::text[], ${entries.map((e) => e.reason)}::text[])
      as e (application, community, channel, number, person, by, kind, role, reason)`;
}
