import { everyone, type Id, type Person } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { mentions } from '../../kit/markdown.ts';
import type { Facts, Who } from '../policy/index.ts';
import { freshly } from './access.ts';
import { type Deps, speaker } from './deps.ts';

interface Where {
  channel: Id;
  /** How the caller stands to it; looked up where it is needed and not given. */
  standing?: Facts;
  /** The transaction that makes the channel: nobody else sees it yet. */
  within?: Transaction;
}

/**
 * Whom the caller's words call in a channel: people who may read it, and everyone where the caller may do that. Other
 * handles stay words. No query unless a handle stands there.
 */
export async function called({ sql, policy }: Pick<Deps, 'sql' | 'policy'>, who: Who, at: Where, body: string): Promise<Id[]> {
  const handles = mentions(body);
  if (handles.length === 0) return [];
  const people = await (at.within ?? sql)<(Person & { role: Who['role'] })[]>`
    select p.id, p.handle, p.name, p.bot, p.avatar, coalesce(a.role, 'member') as role
    from people p left join accounts a on a.id = p.account
    where p.application = ${who.application} and lower(p.handle) = any(${handles}::text[]) and p.id <> ${speaker(who).id}`;
  const standings = await policy.toChannels(
    people.map(({ role, ...person }) => ({ who: { ...who, person, role, account: null, device: null, scopes: [] }, channel: at.channel })),
    at.within,
  );
  const readers = people.flatMap(({ id }, i) => (standings[i] ? [id] : []));
  if (!handles.includes('everyone')) return readers;
  const standing = at.standing ?? (await freshly(policy, who, at.channel, at.within));
  return policy.decide('message.mention_everyone', standing).allowed ? [everyone, ...readers] : readers;
}

/** The same for words that were said elsewhere or before: members of the channel or, of a public one, its community. Never everyone. One query. */
export async function calledThen(tx: Transaction, said: readonly { channel: Id; by: Id; body: string }[]): Promise<Id[][]> {
  const handles = said.map(({ body }) => mentions(body));
  const asked = said.flatMap(({ channel }, i) => (handles[i] ?? []).map((handle) => ({ channel, handle })));
  if (asked.length === 0) return said.map(() => []);
  const rows = await tx<{ channel: Id; handle: string; person: Id }[]>`
    select distinct c.id as channel, a.handle, p.id as person
    from unnest(${asked.map((a) => a.channel)}::bigint[], ${asked.map((a) => a.handle)}::text[]) as a (channel, handle)
    join channels c on c.id = a.channel
    join people p on p.application = c.application and lower(p.handle) = a.handle
    where exists (select from channel_members m where m.channel = c.id and m.person = p.id)
      or c.visibility = 'public' and exists (select from community_members m where m.community = c.community and m.person = p.id)`;
  const found = new Map(rows.map((row) => [`${row.channel}/${row.handle}`, row.person]));
  return said.map(({ channel, by }, i) =>
    (handles[i] ?? []).flatMap((handle) => found.get(`${channel}/${handle}`) ?? []).filter((person) => person !== by),
  );
}
