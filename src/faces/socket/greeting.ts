import { PlazaError } from '../../../contracts/errors.ts';
import type { ClientFrame, ServerFrame } from '../../../contracts/wire.ts';
import { type Listed, readListsOf, type Tell } from './lists.ts';
import type { Client, Receiver } from './registry.ts';
import type { Requests } from './requests.ts';
import type { SessionDeps, SessionOptions, Transport } from './session.ts';
import type { Bell } from './wheel.ts';

type Ready = Extract<ServerFrame, { type: 'ready' }>;

/** Who says hello. It is the bell, too, that rings when the token ends. */
export interface Newcomer extends Listed, Bell, Receiver {
  readonly deps: SessionDeps;
  readonly options: SessionOptions;
  readonly transport: Pick<Transport, 'hints'>;
  readonly requests: Pick<Requests, 'addLater'>;
  readonly ended: boolean;
  /** Null until it is known who it is. */
  client: Client | null;
  token: string;
  /** When the token ends, in ms since 1970; null for never. */
  until: number | null;
  /** Was told `ready`. */
  greeted: boolean;
  /** Its person counts as online by it. */
  isOnline: boolean;
  /** What concerns the person and came before `ready`. */
  early: Buffer[] | null;
  /** More came than is kept. */
  missedEarly: boolean;
  send(frame: ServerFrame): void;
}

/** So much of what comes before `ready` is kept. */
const earlyPersonal = 100;
/** The end of a token that lasts longer is looked at again. */
const furthestMs = 86_400_000;

/** Lets a client in and tells it `ready`; one that is in already goes on with a new token. @throws unauthenticated, token_expired, forbidden */
export async function hello(newcomer: Newcomer, frame: Extract<ClientFrame, { type: 'hello' }>): Promise<null> {
  const { deps, options } = newcomer;
  const { doors, hub } = deps;
  const known = newcomer.client?.who;
  const who = await doors.accounts.authenticate(frame.token, options.address);
  if (!who.person) throw new PlazaError('unauthenticated');
  if (known && (known.person?.id !== who.person.id || known.account !== who.account)) {
    throw new PlazaError('forbidden', 'This connection belongs to another person; open a new one.');
  }
  if (newcomer.ended) return null;
  newcomer.token = frame.token;
  if (newcomer.client) hub.become(newcomer.client, who);
  else newcomer.client = hub.enter(who, newcomer);
  const since = hub.news();
  // Only now would a sign-out be heard; whether there was one before is asked once more.
  hub.become(newcomer.client, await newcomer.identify());
  const [epoch, until, drafts] = await Promise.all([
    doors.conversations.epoch(),
    doors.accounts.expiresAt(newcomer.token),
    options.lists ? doors.drafts.latest(who) : [],
  ]);
  if (newcomer.ended) return null;
  newcomer.until = until;
  expire(newcomer);
  await greet(newcomer, { epoch, person: who.person, drafts }, since);
  for (const { channel, version } of frame.resume?.epoch === epoch ? frame.resume.places : []) {
    newcomer.requests.addLater({ type: 'join', id: channel, channel, since: version });
  }
  return null;
}

async function greet(newcomer: Newcomer, known: Pick<Ready, 'epoch' | 'person' | 'drafts'>, since: number): Promise<void> {
  const { presence, settings } = newcomer.deps;
  if (newcomer.options.lists) {
    const tell: Tell = (mine) => newcomer.send({ type: 'ready', ...known, ...mine, silence: settings.silenceSeconds });
    await readListsOf(newcomer, tell, since);
  }
  if (!newcomer.greeted && !newcomer.ended && newcomer.transport.hints) {
    presence.came(known.person.id);
    newcomer.isOnline = true;
  }
  newcomer.greeted = true;
  const early = newcomer.early ?? [];
  newcomer.early = null;
  for (const bytes of early) newcomer.personal(bytes);
  if (newcomer.missedEarly) newcomer.send({ type: 'stale' });
  newcomer.missedEarly = false;
}

/** Something that concerns the person came while it is being greeted. */
export function keepEarly(newcomer: Newcomer, bytes: Buffer): void {
  newcomer.early ??= [];
  if (newcomer.early.length < earlyPersonal) newcomer.early.push(bytes);
  else newcomer.missedEarly = true;
}

/** Ends with the token, now or when it does. */
export function expire(newcomer: Newcomer): void {
  const { wheel } = newcomer.deps;
  const left = newcomer.until === null ? null : newcomer.until - Date.now();
  if (left === null) wheel.takeDown(newcomer);
  else if (left <= 0) newcomer.end('token_expired');
  else wheel.hang(newcomer, Math.min(left, furthestMs));
}
