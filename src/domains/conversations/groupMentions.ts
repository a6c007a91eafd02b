import { everyone, type Id } from '../../../contracts/nouns.ts';
import { type Emission, emit } from '../../engines/feed/emit.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import type { Loaded } from './groupLoad.ts';
import type { Written } from './groupWrite.ts';

/** A call that begins or ends with a change. */
interface Call {
  person: Id;
  channel: Id;
  number: number;
  by: Id;
  on: boolean;
}

/** Keeps who is called by which message, and tells them. No query where nobody is. */
export function writeMentions(tx: Transaction, written: readonly Written[], loaded: Loaded): Promise<unknown>[] {
  const calls = written.flatMap(callsOf);
  if (calls.length === 0) return [];
  // Of a call that came and went in the group only the last word is kept.
  const last = [...new Map(calls.map((call) => [`${call.person}/${call.channel}/${call.number}`, call])).values()];
  const [on, off] = [last.filter((call) => call.on), last.filter((call) => !call.on)];
  return [
    tx`
      delete from mentions m
      using unnest(${off.map((c) => c.person)}::bigint[], ${off.map((c) => c.channel)}::bigint[], ${off.map((c) => c.number)}::int[]) as o (person, channel, number)
      where m.person = o.person and m.channel = o.channel and m.number = o.number`,
    tx`
      insert into mentions (person, channel, number)
      select * from unnest(${on.map((c) => c.person)}::bigint[], ${on.map((c) => c.channel)}::bigint[], ${on.map((c) => c.number)}::int[])
      on conflict do nothing`,
    tell(tx, calls, loaded),
  ];
}

function callsOf({ step, message, place: { channel, number }, by }: Written): Call[] {
  if (step.do !== 'post' && step.do !== 'edit' && step.do !== 'delete' && step.do !== 'restore') return [];
  const before = step.do === 'post' ? [] : step.message.mentions;
  const after = message?.mentions ?? [];
  const call = (on: boolean) => (person: Id) => ({ person, channel, number, by: by.id, on });
  return [
    ...before.filter((person) => !after.includes(person)).map(call(false)),
    ...after.filter((person) => !before.includes(person)).map(call(true)),
  ];
}

async function tell(tx: Transaction, calls: readonly Call[], loaded: Loaded): Promise<void> {
  const members = await membersOf(tx, calls, loaded);
  const mentioned = (person: Id, { channel, number, on }: Call): Emission => ({
    topic: { kind: 'person', person },
    event: { type: 'mentioned', channel, number, on },
  });
  await emit(
    tx,
    calls.flatMap((call): Emission[] => {
      if (call.person !== everyone) return [mentioned(call.person, call)];
      const community = publicCommunity(call, loaded);
      if (community === null) return (members.get(call.channel) ?? []).filter((id) => id !== call.by).map((id) => mentioned(id, call));
      const { channel, number, by, on } = call;
      return [{ topic: { kind: 'community', community }, event: { type: 'everyone_mentioned', channel, number, by, on } }];
    }),
  );
}

/** The members of those private channels in which everyone is called. */
async function membersOf(tx: Transaction, calls: readonly Call[], loaded: Loaded): Promise<Map<Id, Id[]>> {
  const channels = calls.filter((call) => call.person === everyone && publicCommunity(call, loaded) === null).map((call) => call.channel);
  if (channels.length === 0) return new Map();
  const rows = await tx<{ channel: Id; people: Id[] }[]>`
    select channel, array_agg(person) as people from channel_members where channel = any(${channels}::bigint[]) group by channel`;
  return new Map(rows.map(({ channel, people }) => [channel, people]));
}

/** The community whose members may all read the channel; null where only the channel's own members may. */
function publicCommunity({ channel }: Call, loaded: Loaded): Id | null {
  const details = loaded.channels.get(channel)?.details;
  return details?.visibility === 'public' ? details.community : null;
}
