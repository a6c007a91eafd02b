import { asRefusal, type CloseCode, PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { ClientFrame, Place, ServerFrame } from '../../../contracts/wire.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import type { Logger } from '../../kit/log.ts';
import { decodeFrame } from './frames.ts';
import type { Hub } from './hub.ts';
import { createLists } from './lists.ts';
import type { Onlookers } from './onlookers.ts';
import { createOpening, openingOf } from './opening.ts';
import { createOrder } from './order.ts';
import { createPace } from './pace.ts';
import { type Packet, packetOf } from './packet.ts';
import type { Presence } from './presence.ts';
import { readPeople } from './reads.ts';
import type { Client, Receiver } from './registry.ts';
import type { SocketSettings } from './settings.ts';
import { type Answer, perform } from './verbs.ts';
import type { Wheel } from './wheel.ts';

/** How a session's frames reach its client. */
export interface Transport {
  send(frame: ServerFrame): void;
  /** Shared frames, in one write. */
  write(packets: readonly Packet[]): void;
  /** Has much that the client did not read yet: no further request is begun, hints are left out. */
  isBusy(): boolean;
  /** Typing is shown to this client, and its person counts as online while it is connected. */
  readonly hints: boolean;
  /** Stop, or go on, reading what the client sends. */
  pause(on: boolean): void;
  /** Tells why and closes; nothing goes out after. */
  bye(code: CloseCode, retryAfter: number | undefined): void;
}

export interface SessionDeps {
  doors: Doors;
  hub: Hub;
  presence: Presence;
  onlookers: Onlookers;
  wheel: Wheel;
  logger: Logger;
  settings: SocketSettings;
}

export interface SessionOptions {
  address: string;
  /** Reads and tells the lists of `ready`, and hears of what is listed there. */
  lists: boolean;
  /** The client only listens: the session itself syncs what was missed. */
  listens: boolean;
}

export interface Session {
  /** One text frame, as it came. */
  hear(data: string): void;
  /** A frame that cannot be one: binary. */
  garbled(): void;
  /** A frame of the transport itself; not counted against any limit. */
  accept(frame: ClientFrame): void;
  /** What the client did not read went out. */
  drained(): void;
  /** Where each open channel stands: what the client needs to come back. */
  places(): Place[];
  bye(code: CloseCode, retryAfter?: number): void;
  /** Takes no more frames, answers those it has, then says bye. */
  finish(code: CloseCode, retryAfter: number): Promise<void>;
  /** The transport is gone. */
  closed(): void;
}

type Ready = Extract<ServerFrame, { type: 'ready' }>;

const garbledAllowed = 5;
/** What concerns the person and comes before `ready` is kept, so much of it. */
const earlyPersonal = 100;
const typingPauseMs = 3000;

/** One client's conversation: frames in, verbs called, frames out. */
export function createSession(deps: SessionDeps, transport: Transport, options: SessionOptions): Session {
  const { doors, hub, presence, onlookers, wheel, logger, settings } = deps;
  let client: Client | null = null;
  let token = '';
  let greeted = false;
  let closed = false;
  let finishing: (() => void) | null = null;
  let garbledCount = 0;
  let running = 0;
  let paused = false;
  let missedEarly = false;
  const waiting: ClientFrame[] = [];
  const early: Buffer[] = [];
  const typed = new Map<Id, number>();
  const pace = createPace({ perSecond: settings.framesPerSecond, burst: settings.framesBurst });
  const inOrder = createOrder();
  const open = () => (closed ? null : client);
  const lists = createLists(deps, open);
  const opening = createOpening({ ...deps, client: open, send, inOrder, listens: options.listens });
  let callOffExpiry = () => {};
  let goOffline = () => {};
  const callOffDeadline = wheel.after(settings.helloSeconds * 1000, () => {
    // What was said in time may wait for the database.
    if (!client && running === 0) bye('unauthenticated');
  });

  const receiver: Receiver = {
    write: transport.write,
    hints: () => transport.hints && !transport.isBusy(),
    personal,
    behind: opening.behind,
    left: (channel, code) => transport.send({ type: 'left', channel, code }),
    relist,
    stale() {
      transport.send({ type: 'stale' });
      relist();
    },
    end: (code) => bye(code),
    identify,
  };

  async function identify(): Promise<Who> {
    const who = await doors.accounts.authenticate(token, options.address);
    if (!who.person) throw new PlazaError('unauthenticated');
    return who;
  }

  // Frames in.

  function hear(data: string): void {
    if (closed || finishing) return;
    const verdict = pace.take();
    if (verdict === 'excess') {
      bye('too_many_requests');
      return;
    }
    const decoded = decodeFrame(data);
    if ('refusal' in decoded) refuseGarbled(decoded);
    else if (verdict === 'ok') accept(decoded.frame);
    else refuse(decoded.frame, new PlazaError('too_many_requests', undefined, { retryAfter: pace.retryAfter() }));
  }

  function refuseGarbled({ refusal, ...about }: { refusal: PlazaError; id?: string; key?: string }): void {
    send(errorFrame(refusal, about));
    if (++garbledCount > garbledAllowed) bye('bad_frame');
  }

  function accept(frame: ClientFrame): void {
    if (closed) return;
    if (frame.type === 'ping') send({ type: 'pong' });
    else if (!client && frame.type !== 'hello' && running === 0) bye('unauthenticated');
    else {
      waiting.push(frame);
      pump();
    }
  }

  /** Begins what may begin; the rest waits, and meanwhile nothing more is read from the client. */
  function pump(): void {
    while (!closed && running < settings.outstanding && !transport.isBusy()) {
      const [next] = waiting;
      // All else waits for the greeting.
      if (!next || (!greeted && (next.type !== 'hello' || running > 0))) break;
      waiting.shift();
      void answer(next);
    }
    const full = waiting.length > 0;
    if (full !== paused && !closed) transport.pause(full);
    paused = full;
  }

  /** Runs one request to its answer, of whatever kind. */
  async function answer(frame: ClientFrame): Promise<void> {
    running++;
    try {
      const order = orderOf(frame);
      const told = await (order ? inOrder(order, (next) => handle(frame, next)) : handle(frame));
      if (told) send('id' in frame && frame.id !== undefined ? { ...told, id: frame.id } : told);
    } catch (error) {
      failed(frame, error);
    }
    running--;
    if (running === 0 && waiting.length === 0) finishing?.();
    pump();
  }

  function failed(frame: ClientFrame, error: unknown): void {
    const refusal = asRefusal(error);
    if (refusal !== error) logger.error({ err: error, frame: frame.type }, 'A frame could not be answered.');
    if (frame.type !== 'hello' || greeted) refuse(frame, refusal);
    else bye(refusal.code === 'token_expired' ? 'token_expired' : refusal.retryable ? 'unavailable' : 'unauthenticated');
  }

  /** @param next the next frame of the same order may begin */
  async function handle(frame: ClientFrame, next?: () => void): Promise<Answer | null> {
    if (frame.type === 'hello') return hello(frame);
    if (!client) throw new PlazaError('unauthenticated');
    switch (frame.type) {
      case 'join':
        return opening.join(frame);
      case 'leave': {
        const watch = client.watches.get(frame.channel);
        if (watch) hub.unwatch(watch);
        return { type: 'done' };
      }
      case 'typing':
        return typing(client, frame.channel);
      case 'watch': {
        // Those of other applications are nobody here.
        const people = await readPeople(doors, client.who, frame.people);
        if (!closed)
          onlookers.watch(
            client,
            people.map((person) => person.id),
          );
        return null;
      }
      case 'ping':
        return null;
      default: {
        const told = await perform(doors, client.who, frame, next);
        return told.type === 'synced' ? opening.synced(told) : told;
      }
    }
  }

  async function typing(me: Client, channel: Id): Promise<null> {
    const now = wheel.now();
    if (now - (typed.get(channel) ?? Number.NEGATIVE_INFINITY) < typingPauseMs) return null;
    if (typed.size >= settings.joins) typed.clear();
    typed.set(channel, now);
    await doors.conversations.typing(me.who, { channel });
    return null;
  }

  // The greeting.

  async function hello(frame: Extract<ClientFrame, { type: 'hello' }>): Promise<null> {
    const known = client?.who;
    const who = await doors.accounts.authenticate(frame.token, options.address);
    if (!who.person) throw new PlazaError('unauthenticated');
    if (known && (known.person?.id !== who.person.id || known.account !== who.account)) {
      throw new PlazaError('forbidden', 'This connection belongs to another person; open a new one.');
    }
    if (closed) return null;
    token = frame.token;
    if (client) hub.become(client, who);
    else client = hub.enter(who, receiver);
    // Only now would a sign-out be heard; whether there was one before is asked once more.
    hub.become(client, await identify());
    const [epoch, until, drafts] = await Promise.all([
      doors.conversations.epoch(),
      doors.accounts.expiresAt(token),
      options.lists ? doors.drafts.latest(who) : [],
    ]);
    if (closed) return null;
    callOffDeadline();
    expire(until);
    await greet({ epoch, person: who.person, drafts });
    for (const { channel, version } of frame.resume?.epoch === epoch ? frame.resume.places : []) {
      waiting.push({ type: 'join', id: channel, channel, since: version });
    }
    return null;
  }

  async function greet(known: Pick<Ready, 'epoch' | 'person' | 'drafts'>): Promise<void> {
    const { person } = known;
    if (options.lists) await lists.read((mine) => send({ type: 'ready', ...known, ...mine, silence: settings.silenceSeconds }));
    if (!greeted && !closed && transport.hints) {
      presence.came(person.id);
      goOffline = () => presence.went(person.id);
    }
    greeted = true;
    for (const bytes of early.splice(0)) personal(bytes);
    if (missedEarly) send({ type: 'stale' });
    missedEarly = false;
  }

  function relist(): void {
    if (options.lists && greeted) lists.again();
  }

  function expire(at: number | null): void {
    callOffExpiry();
    if (at !== null) callOffExpiry = wheel.after(Math.max(0, at - Date.now()), () => bye('token_expired'));
  }

  // Frames out.

  function send(frame: ServerFrame): void {
    if (!closed) transport.send(frame);
  }

  function personal(bytes: Buffer): void {
    if (greeted) {
      const { type } = JSON.parse(bytes.toString());
      if (type === 'channel_joined' || type === 'community_joined') relist();
      transport.write([packetOf(['{"type":"personal","event":', bytes, '}'])]);
    } else if (early.length < earlyPersonal) early.push(bytes);
    else missedEarly = true;
  }

  function refuse(frame: ClientFrame, refusal: PlazaError): void {
    send(errorFrame(refusal, { ...('id' in frame && { id: frame.id }), ...('key' in frame && { key: frame.key }) }));
  }

  // The end.

  function bye(code: CloseCode, retryAfter?: number): void {
    if (closed) return;
    end();
    transport.bye(code, retryAfter);
  }

  function end(): void {
    closed = true;
    callOffDeadline();
    callOffExpiry();
    goOffline();
    if (client) {
      hub.leave(client);
      onlookers.forget(client);
    }
    waiting.length = 0;
    finishing?.();
  }

  return {
    hear,
    garbled() {
      if (!closed && !finishing) refuseGarbled({ refusal: new PlazaError('invalid_input', 'Frames are text, not binary.') });
    },
    accept,
    drained: pump,
    places: () => [...(client?.watches.values() ?? [])].map(({ room, version }) => ({ channel: room.channel, version })),
    bye,
    async finish(code, retryAfter) {
      await new Promise<void>((resolve) => {
        finishing = resolve;
        if (closed || (running === 0 && waiting.length === 0)) resolve();
      });
      bye(code, retryAfter);
    },
    closed() {
      if (!closed) end();
    },
  };
}

/** Where the last one counts, frames keep their order: sends to one channel, its opening and leaving, one draft. The rest may overtake. */
function orderOf(frame: ClientFrame): string | null {
  if (frame.type === 'send') return `send ${frame.channel}`;
  if (frame.type === 'draft') return `draft ${frame.place}`;
  if (frame.type === 'watch') return 'watch';
  if (frame.type === 'join' || frame.type === 'leave') return openingOf(frame.channel);
  return null;
}

function errorFrame(
  { code, message, retryable, details }: PlazaError,
  about: { id?: string | undefined; key?: string | undefined },
): ServerFrame {
  return {
    type: 'error',
    ...(about.id !== undefined && { id: about.id }),
    code,
    message,
    retryable,
    ...(about.key !== undefined && { key: about.key }),
    ...(details.rule !== undefined && { rule: details.rule }),
    ...(details.limit !== undefined && { limit: details.limit }),
    ...(details.retryAfter !== undefined && { retryAfter: details.retryAfter }),
  };
}
