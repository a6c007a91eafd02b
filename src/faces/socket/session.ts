import { asRefusal, type CloseCode, type ErrorCode, PlazaError } from '../../../contracts/errors.ts';
import type { Head, Id } from '../../../contracts/nouns.ts';
import type { ClientFrame, Place, ServerFrame } from '../../../contracts/wire.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import type { Logger } from '../../kit/log.ts';
import { type Decoded, decodeFrame } from './frames.ts';
import type { Hub } from './hub.ts';
import { type Listed, readListsAgain, readListsOf } from './lists.ts';
import type { Onlookers } from './onlookers.ts';
import { behind, join, type Opener, openingOf, synced } from './opening.ts';
import { Order } from './order.ts';
import { Pace } from './pace.ts';
import { type Packet, packetOf, toPacket } from './packet.ts';
import type { Pages } from './pages.ts';
import type { Presence } from './presence.ts';
import { readPeople } from './reads.ts';
import type { Client, Receiver } from './registry.ts';
import type { SocketSettings } from './settings.ts';
import { type Answer, perform } from './verbs.ts';
import type { Bell, Wheel } from './wheel.ts';

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
  pages: Pages;
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
/** The end of a token that lasts longer is looked at again. */
const furthestMs = 86_400_000;
/** The same for everybody, and most of what quiet clients are told. */
const pong = [toPacket({ type: 'pong' })];
const ping = '{"type":"ping"}';
const pinged: Decoded = { frame: { type: 'ping' } };

/** One client's conversation: frames in, verbs called, frames out. */
export function createSession(deps: SessionDeps, transport: Transport, options: SessionOptions): Session {
  return new Conversation(deps, transport, options);
}

/** A class, since there are many thousands: their functions are shared, and what is rarely needed is made when it is. */
class Conversation implements Session, Receiver, Opener, Listed, Bell {
  readonly deps: SessionDeps;
  readonly transport: Transport;
  readonly options: SessionOptions;
  client: Client | null = null;
  token = '';
  greeted = false;
  ended = false;
  isOnline = false;
  finishing: (() => void) | null = null;
  garbledCount = 0;
  running = 0;
  paused = false;
  missedEarly = false;
  lists: Listed['lists'] = 'known';
  /** When the token ends, in ms since 1970; null for never. */
  until: number | null = null;
  due = 0;
  waiting: ClientFrame[] | null = null;
  early: Buffer[] | null = null;
  typed: Map<Id, number> | null = null;
  readonly pace: Pace;
  readonly order = new Order();

  constructor(deps: SessionDeps, transport: Transport, options: SessionOptions) {
    this.deps = deps;
    this.transport = transport;
    this.options = options;
    this.pace = new Pace(deps.settings);
    deps.wheel.hang(this, deps.settings.helloSeconds * 1000);
  }

  get open(): Client | null {
    return this.ended ? null : this.client;
  }
  get listens(): boolean {
    return this.options.listens;
  }

  async identify(): Promise<Who> {
    const who = await this.deps.doors.accounts.authenticate(this.token, this.options.address);
    if (!who.person) throw new PlazaError('unauthenticated');
    return who;
  }

  /** The time for `hello`, then that of the token, is over. */
  ring(): void {
    if (this.until !== null) this.expire();
    // What was said in time may wait for the database.
    else if (!this.client && this.running === 0) this.bye('unauthenticated');
  }

  // Frames in.

  hear(data: string): void {
    if (this.ended || this.finishing) return;
    const verdict = this.pace.take();
    if (verdict === 'excess') {
      this.bye('too_many_requests');
      return;
    }
    const decoded = data === ping ? pinged : decodeFrame(data);
    if ('refusal' in decoded) this.refuseGarbled(decoded);
    else if (verdict === 'ok') this.accept(decoded.frame);
    else this.refuse(decoded.frame, new PlazaError('too_many_requests', undefined, { retryAfter: this.pace.retryAfter() }));
  }

  garbled(): void {
    if (!this.ended && !this.finishing) this.refuseGarbled({ refusal: new PlazaError('invalid_input', 'Frames are text, not binary.') });
  }

  refuseGarbled({ refusal, ...about }: { refusal: PlazaError; id?: string; key?: string }): void {
    this.send(errorFrame(refusal, about));
    if (++this.garbledCount > garbledAllowed) this.bye('bad_frame');
  }

  accept(frame: ClientFrame): void {
    if (this.ended) return;
    if (frame.type === 'ping') this.transport.write(pong);
    else if (!this.client && frame.type !== 'hello' && this.running === 0) this.bye('unauthenticated');
    else {
      this.wait(frame);
      this.pump();
    }
  }

  wait(frame: ClientFrame): void {
    this.waiting ??= [];
    this.waiting.push(frame);
  }

  drained(): void {
    this.pump();
  }

  /** Begins what may begin; the rest waits, and meanwhile nothing more is read from the client. */
  pump(): void {
    while (!this.ended && this.waiting && this.running < this.deps.settings.outstanding && !this.transport.isBusy()) {
      const [next] = this.waiting;
      // All else waits for the greeting.
      if (!next || (!this.greeted && (next.type !== 'hello' || this.running > 0))) break;
      this.waiting.shift();
      if (this.waiting.length === 0) this.waiting = null;
      void this.answer(next);
    }
    const full = this.waiting !== null;
    if (full !== this.paused && !this.ended) this.transport.pause(full);
    this.paused = full;
  }

  /** Runs one request to its answer, of whatever kind. */
  async answer(frame: ClientFrame): Promise<void> {
    this.running++;
    try {
      const order = orderOf(frame);
      const told = await (order ? this.order.keep(order, (next) => this.handle(frame, next)) : this.handle(frame));
      if (told) this.send('id' in frame && frame.id !== undefined ? { ...told, id: frame.id } : told);
    } catch (error) {
      this.failed(frame, error);
    }
    this.running--;
    if (this.isAtRest()) this.finishing?.();
    this.pump();
  }

  isAtRest(): boolean {
    return this.running === 0 && this.waiting === null;
  }

  failed(frame: ClientFrame, error: unknown): void {
    const refusal = asRefusal(error);
    if (refusal !== error) this.deps.logger.error({ err: error, frame: frame.type }, 'A frame could not be answered.');
    if (frame.type !== 'hello' || this.greeted) this.refuse(frame, refusal);
    else this.bye(refusal.code === 'token_expired' ? 'token_expired' : refusal.retryable ? 'unavailable' : 'unauthenticated');
  }

  /** @param next the next frame of the same order may begin */
  async handle(frame: ClientFrame, next?: () => void): Promise<Answer | null> {
    const { deps, client } = this;
    if (frame.type === 'hello') return this.hello(frame);
    if (!client) throw new PlazaError('unauthenticated');
    switch (frame.type) {
      case 'join':
        return join(this, frame);
      case 'leave': {
        const watch = client.watches.get(frame.channel);
        if (watch) deps.hub.unwatch(watch);
        return { type: 'done' };
      }
      case 'typing':
        return this.typing(client, frame.channel);
      case 'watch': {
        // Those of other applications are nobody here.
        const people = await readPeople(deps.doors, client.who, frame.people);
        if (!this.ended)
          deps.onlookers.watch(
            client,
            people.map((person) => person.id),
          );
        return null;
      }
      case 'ping':
        return null;
      default: {
        const told = await perform(deps.doors, client.who, frame, next);
        return told.type === 'synced' ? synced(this, told) : told;
      }
    }
  }

  async typing(me: Client, channel: Id): Promise<null> {
    const now = this.deps.wheel.now();
    this.typed ??= new Map();
    if (now - (this.typed.get(channel) ?? Number.NEGATIVE_INFINITY) < typingPauseMs) return null;
    if (this.typed.size >= this.deps.settings.joins) this.typed.clear();
    this.typed.set(channel, now);
    await this.deps.doors.conversations.typing(me.who, { channel });
    return null;
  }

  // The greeting.

  async hello(frame: Extract<ClientFrame, { type: 'hello' }>): Promise<null> {
    const { doors, hub } = this.deps;
    const known = this.client?.who;
    const who = await doors.accounts.authenticate(frame.token, this.options.address);
    if (!who.person) throw new PlazaError('unauthenticated');
    if (known && (known.person?.id !== who.person.id || known.account !== who.account)) {
      throw new PlazaError('forbidden', 'This connection belongs to another person; open a new one.');
    }
    if (this.ended) return null;
    this.token = frame.token;
    if (this.client) hub.become(this.client, who);
    else this.client = hub.enter(who, this);
    // Only now would a sign-out be heard; whether there was one before is asked once more.
    hub.become(this.client, await this.identify());
    const [epoch, until, drafts] = await Promise.all([
      doors.conversations.epoch(),
      doors.accounts.expiresAt(this.token),
      this.options.lists ? doors.drafts.latest(who) : [],
    ]);
    if (this.ended) return null;
    this.until = until;
    this.expire();
    await this.greet({ epoch, person: who.person, drafts });
    for (const { channel, version } of frame.resume?.epoch === epoch ? frame.resume.places : []) {
      this.wait({ type: 'join', id: channel, channel, since: version });
    }
    return null;
  }

  async greet(known: Pick<Ready, 'epoch' | 'person' | 'drafts'>): Promise<void> {
    const { presence, settings } = this.deps;
    if (this.options.lists) {
      await readListsOf(this, (mine) => this.send({ type: 'ready', ...known, ...mine, silence: settings.silenceSeconds }));
    }
    if (!this.greeted && !this.ended && this.transport.hints) {
      presence.came(known.person.id);
      this.isOnline = true;
    }
    this.greeted = true;
    const early = this.early ?? [];
    this.early = null;
    for (const bytes of early) this.personal(bytes);
    if (this.missedEarly) this.send({ type: 'stale' });
    this.missedEarly = false;
  }

  /** Ends with the token, now or when it does. */
  expire(): void {
    const { wheel } = this.deps;
    const left = this.until === null ? null : this.until - Date.now();
    if (left === null) wheel.takeDown(this);
    else if (left <= 0) this.bye('token_expired');
    else wheel.hang(this, Math.min(left, furthestMs));
  }

  // Frames out, and what the hub has to tell.

  send(frame: ServerFrame): void {
    if (!this.ended) this.transport.send(frame);
  }

  write(packets: readonly Packet[]): void {
    this.transport.write(packets);
  }

  hints(): boolean {
    return this.transport.hints && !this.transport.isBusy();
  }

  personal(bytes: Buffer): void {
    if (this.greeted) {
      const { type } = JSON.parse(bytes.toString());
      if (type === 'channel_joined' || type === 'community_joined') this.relist();
      this.transport.write([packetOf(['{"type":"personal","event":', bytes, '}'])]);
      return;
    }
    this.early ??= [];
    if (this.early.length < earlyPersonal) this.early.push(bytes);
    else this.missedEarly = true;
  }

  behind(heads: Head[]): void {
    behind(this, heads);
  }

  left(channel: Id, code: ErrorCode): void {
    this.transport.send({ type: 'left', channel, code });
  }

  relist(): void {
    if (this.options.lists && this.greeted) readListsAgain(this);
  }

  stale(): void {
    this.transport.send({ type: 'stale' });
    this.relist();
  }

  refuse(frame: ClientFrame, refusal: PlazaError): void {
    this.send(errorFrame(refusal, { ...('id' in frame && { id: frame.id }), ...('key' in frame && { key: frame.key }) }));
  }

  places(): Place[] {
    return [...(this.client?.watches.values() ?? [])].map(({ room, version }) => ({ channel: room.channel, version }));
  }

  // The end.

  end(code: CloseCode): void {
    this.bye(code);
  }

  bye(code: CloseCode, retryAfter?: number): void {
    if (this.ended) return;
    this.closed();
    this.transport.bye(code, retryAfter);
  }

  async finish(code: CloseCode, retryAfter: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.finishing = resolve;
      if (this.ended || this.isAtRest()) resolve();
    });
    this.bye(code, retryAfter);
  }

  closed(): void {
    if (this.ended) return;
    const { deps, client } = this;
    this.ended = true;
    deps.wheel.takeDown(this);
    if (this.isOnline && client?.who.person) deps.presence.went(client.who.person.id);
    if (client) {
      deps.hub.leave(client);
      deps.onlookers.forget(client);
    }
    this.waiting = null;
    this.finishing?.();
  }
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
