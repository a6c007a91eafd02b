import type { ChannelEvent } from '../../contracts/events.ts';
import type { Id, Message } from '../../contracts/nouns.ts';
import type { Copy } from './copy.ts';

/** One acknowledged change, with the moments between which it happened. */
export interface Acknowledged {
  kind: 'post' | 'edit' | 'delete' | 'react' | 'pin';
  author: Id;
  key?: string;
  body?: string;
  number: number;
  version: number;
  /** The server said that it had been done before. */
  repeated: boolean;
  begun: number;
  ended: number;
}

export interface History {
  /** The channel's version before the first recorded change. */
  versionBefore: number;
  acknowledged: readonly Acknowledged[];
  /** Every change that was sent, each time it was sent: more than these cannot have happened. */
  attempts: number;
  /** Bodies of edits that were sent, by message number, whether acknowledged or not. */
  editsSent: ReadonlyMap<number, ReadonlySet<string>>;
  /** The live readers. */
  copies: readonly Copy[];
  /** The channel as a fresh reader has it, by sync and by pages. */
  fresh: Copy;
  paged: readonly Message[];
}

/** What is wrong with a channel's log, one sentence each; nothing when all rules held. */
export function findings(history: History): string[] {
  return [
    ...numbers(history),
    ...acknowledgedPosts(history),
    ...acknowledgedChanges(history),
    ...versions(history),
    ...order(history),
    ...agreement(history),
  ];
}

function numbers({ fresh }: History): string[] {
  const all = [...fresh.messages.keys()].sort((a, b) => a - b);
  return all.flatMap((number, i) => (number === i + 1 ? [] : [`[L1] place ${i + 1} of the log holds number ${number}`])).slice(0, 5);
}

/** Each key once, and every acknowledged one under the number that was told. */
function acknowledgedPosts({ fresh, acknowledged }: History): string[] {
  const found: string[] = [];
  const byKey = new Map<string, number[]>();
  for (const { author, key, number } of fresh.messages.values()) {
    if (key !== null) byKey.set(`${author}/${key}`, [...(byKey.get(`${author}/${key}`) ?? []), number]);
  }
  for (const [key, places] of byKey) if (places.length > 1) found.push(`[L4] ${key} is there ${places.length} times: ${places.join(', ')}`);
  for (const ack of acknowledged) {
    if (ack.kind !== 'post') continue;
    const places = byKey.get(`${ack.author}/${ack.key}`) ?? [];
    if (places.length === 0) found.push(`[L3] acknowledged as ${ack.number} and lost: ${ack.author}/${ack.key}`);
    else if (!places.includes(ack.number))
      found.push(`[L1] acknowledged as ${ack.number}, found at ${places.join(', ')}: ${ack.author}/${ack.key}`);
  }
  return found;
}

/** What was changed last stays changed: by version the last acknowledged edit or delete, or one that was never answered. */
function acknowledgedChanges({ fresh, acknowledged, editsSent }: History): string[] {
  const found: string[] = [];
  const last = new Map<number, Acknowledged>();
  for (const ack of acknowledged) {
    const message = fresh.messages.get(ack.number);
    if (message && message.version < ack.version)
      found.push(`[L2] ${ack.number} was acknowledged at version ${ack.version} and stands at ${message.version}`);
    if (ack.kind === 'delete' && message && message.deletedAt === null) found.push(`[L3] the acknowledged delete of ${ack.number} is lost`);
    if (ack.kind === 'post' || ack.kind === 'edit') if (ack.version > (last.get(ack.number)?.version ?? 0)) last.set(ack.number, ack);
  }
  for (const [number, { kind, body, version }] of last) {
    const message = fresh.messages.get(number);
    if (!message || message.body === null || message.body === body || editsSent.get(number)?.has(message.body)) continue;
    found.push(`[L3] the ${kind} of ${number} at version ${version} said ${body}, and it reads ${message.body}`);
  }
  return found;
}

/**
 * Each change has a version to itself, and there are as many as changes. Only what was done already, such as an edit
 * that a server tried again after its database was away, is answered with the version that left the message so.
 */
function versions({ fresh, acknowledged, attempts, versionBefore }: History): string[] {
  const found: string[] = [];
  const holders = new Map<number, Acknowledged>();
  let changes = 0;
  for (const ack of acknowledged) {
    if (ack.version > fresh.version) found.push(`[L2] version ${ack.version} was acknowledged, and the log ends at ${fresh.version}`);
    if (ack.repeated) continue;
    changes++;
    const other = holders.get(ack.version);
    if (other && (other.number !== ack.number || ack.kind === 'post'))
      found.push(`[L2] version ${ack.version} was given twice: ${other.kind} of ${other.number}, ${ack.kind} of ${ack.number}`);
    holders.set(ack.version, ack);
  }
  const moved = fresh.version - versionBefore;
  if (moved < changes) found.push(`[L2] ${changes} changes were acknowledged, and the version moved by ${moved}`);
  if (moved > attempts) found.push(`[L2] ${attempts} changes were sent, and the version moved by ${moved}`);
  const own = new Set([...fresh.messages.values()].map((message) => message.version));
  if (own.size < fresh.messages.size) found.push('[L2] two messages stand at the same version');
  return found;
}

/** What began after another had been acknowledged comes after it. */
function order({ acknowledged }: History): string[] {
  const fresh = acknowledged.filter((ack) => !ack.repeated);
  const byBegin = [...fresh].sort((a, b) => a.begun - b.begun);
  const byEnd = [...fresh].sort((a, b) => a.ended - b.ended);
  let ended = 0;
  let highest = 0;
  for (const ack of byBegin) {
    for (let other = byEnd[ended]; other && other.ended < ack.begun; other = byEnd[++ended]) highest = Math.max(highest, other.version);
    if (ack.version < highest)
      return [`[L1] the ${ack.kind} of ${ack.number} got version ${ack.version} after ${highest} had been acknowledged`];
  }
  return [];
}

/** All readers hold the same, by whatever way they came to it, and heard the same events. */
function agreement({ fresh, paged, copies, acknowledged }: History): string[] {
  const found: string[] = [];
  const truth = stateOf(fresh.messages.values());
  if (stateOf(paged) !== truth) found.push('[L7] pages by number and sync differ');
  const events = new Map<number, string>();
  const behind = copies.filter((copy) => copy.version !== fresh.version);
  if (behind.length > 0)
    found.push(
      `[L8] ${behind.length} readers end at version ${behind.map(({ version }) => version).join(', ')}, the log at ${fresh.version}`,
    );
  const other = copies.filter((copy) => !behind.includes(copy) && stateOf(copy.messages.values()) !== truth);
  if (other[0])
    found.push(`[L8] ${other.length} readers hold something else than a fresh reader: ${difference(other[0].messages, fresh.messages)}`);
  for (const [i, copy] of copies.entries()) {
    if (copy.contradictions.length > 0) found.push(`[L6] reader ${i} heard version ${copy.contradictions[0]?.version} twice, differently`);
    for (const [version, event] of copy.heard) {
      const said = canonical(event);
      if ((events.get(version) ?? said) !== said) found.push(`[L6] readers heard different events of version ${version}`);
      events.set(version, said);
      if (version > fresh.version) found.push(`[L5] version ${version} was heard, and the log ends at ${fresh.version}`);
    }
  }
  for (const ack of acknowledged) {
    const event = events.get(ack.version);
    if (event && !ack.repeated && !isAbout(JSON.parse(event), ack))
      found.push(`[L5] version ${ack.version} is a ${ack.kind} of ${ack.number} to its sender, and to readers ${event}`);
  }
  return found;
}

/** What was done already is answered with the last version of its message, which may be another kind of change. */
function isAbout(event: ChannelEvent, ack: Acknowledged): boolean {
  if (event.type === 'changed') return false;
  const number = 'message' in event ? event.message.number : event.number;
  return number === ack.number && (event.type === 'posted') === (ack.kind === 'post');
}

/** The first message of which two readers hold different things. */
function difference(one: ReadonlyMap<number, Message>, other: ReadonlyMap<number, Message>): string {
  const numbers = new Set([...one.keys(), ...other.keys()]);
  const number = [...numbers].find(
    (each) => stateOf([one.get(each)].flatMap((m) => m ?? [])) !== stateOf([other.get(each)].flatMap((m) => m ?? [])),
  );
  return number === undefined ? '' : `${JSON.stringify(one.get(number))} and ${JSON.stringify(other.get(number))}`;
}

function stateOf(messages: Iterable<Message>): string {
  return canonical([...messages].sort((a, b) => a.number - b.number));
}

/** The same text for the same content, in whatever order its properties came. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
