import { asRefusal, type CloseCode, type ErrorCode, PlazaError } from '../../../contracts/errors.ts';
import type { Head, Id } from '../../../contracts/nouns.ts';
import type { ClientFrame, Place, ServerFrame } from '../../../contracts/wire.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import type { Logger } from '../../kit/log.ts';
import { errorFrame } from './door.ts';
import { type Decoded, decodeFrame } from './frames.ts';
import { expire, hello, keepEarly, type Newcomer } from './greeting.ts';
import type { Hub } from './hub.ts';
import { type Listed, readListsAgain } from './lists.ts';
import type { Onlookers } from './onlookers.ts';
import { behind, join, type Opener, synced } from './opening.ts';
import type { Order } from './order.ts';
import { Pace } from './pace.ts';
import { type Packet, packetOf, toPacket } from './packet.ts';
import type { Pages } from './pages.ts';
import type { Presence } from './presence.ts';
import { readPeople, readSynced } from './reads.ts';
import type { Client } from './registry.ts';
import { type Answerer, Requests } from './requests.ts';
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

const garbledAllowed = 5;
const typingPauseMs = 3000;
/** The same for everybody, and most of what quiet clients are told. */
const pong = [toPacket({ type: 'pong' })];
const ping = '{"type":"ping"}';
const pinged: Decoded = { frame: { type: 'ping' } };

/** One client's conversation: frames in, verbs called, frames out. */
export function createSession(deps: SessionDeps, transport: Transport, options: SessionOptions): Session {
  return new Conversation(deps, transport, options);
}

/** A class, since there are many thousands: their functions are shared, and what is rarely needed is made when it is. */
class Conversation implements Session, Newcomer, Opener, Answerer {
  readonly deps: SessionDeps;
  readonly transport: Transport;
  readonly options: SessionOptions;
  client: Client | null = null;
  token = '';
  greeted = false;
  ended = false;
  isOnline = false;
  finishing = false;
  garbledCount = 0;
  missedEarly = false;
  lists: Listed['lists'] = 'known';
  until: number | null = null;
  due = 0;
  early: Buffer[] | null = null;
  typed: Map<Id, number> | null = null;
  readonly pace: Pace;
  readonly requests: Requests;

  constructor(deps: SessionDeps, transport: Transport, options: SessionOptions) {
    this.deps = deps;
    this.transport = transport;
    this.options = options;
    this.pace = new Pace(deps.settings);
    this.requests = new Requests(this);
    deps.wheel.hang(this, deps.settings.helloSeconds * 1000);
  }

  get open(): Client | null {
    return this.ended ? null : this.client;
  }
  get order(): Order {
    return this.requests.order;
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
    if (this.until !== null) expire(this);
    // What was said in time may wait for the database.
    else if (!this.client && this.requests.isIdle) this.bye('unauthenticated');
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
    else if (!this.client && frame.type !== 'hello' && this.requests.isIdle) this.bye('unauthenticated');
    else this.requests.add(frame);
  }

  drained(): void {
    this.requests.pump();
  }

  // What they are answered.

  answered(frame: ClientFrame, answer: Answer | null): void {
    if (answer) this.send('id' in frame && frame.id !== undefined ? { ...answer, id: frame.id } : answer);
  }

  failed(frame: ClientFrame, error: unknown): void {
    const refusal = asRefusal(error);
    if (refusal !== error) this.deps.logger.error({ err: error, frame: frame.type }, 'A frame could not be answered.');
    if (frame.type !== 'hello' || this.greeted) this.refuse(frame, refusal);
    else this.bye(refusal.code === 'token_expired' ? 'token_expired' : refusal.retryable ? 'unavailable' : 'unauthenticated');
  }

  handle(frame: ClientFrame, next?: () => void): Promise<Answer | null> {
    const { deps, client } = this;
    if (frame.type === 'hello') return hello(this, frame);
    if (!client) return Promise.reject(new PlazaError('unauthenticated'));
    switch (frame.type) {
      case 'join':
        return join(this, frame);
      case 'leave':
        return this.leave(client, frame.channel);
      case 'typing':
        return this.typing(client, frame.channel);
      case 'watch':
        return this.watch(client, frame.people);
      case 'sync':
        return readSynced(deps.doors, client.who, frame).then((told) => synced(this, told));
      case 'ping':
        return Promise.resolve(null);
      default:
        return perform(deps.doors, client.who, frame, next);
    }
  }

  async leave(me: Client, channel: Id): Promise<Answer> {
    const watch = me.watches.get(channel);
    if (watch) this.deps.hub.unwatch(watch);
    return { type: 'done' };
  }

  async watch(me: Client, asked: readonly Id[]): Promise<null> {
    // Those of other applications are nobody here.
    const people = await readPeople(this.deps.doors, me.who, asked);
    const ids = people.map((person) => person.id);
    if (!this.ended) this.deps.onlookers.watch(me, ids);
    return null;
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
    if (!this.greeted) return keepEarly(this, bytes);
    const { type } = JSON.parse(bytes.toString());
    if (type === 'channel_joined' || type === 'community_joined') this.relist();
    this.transport.write([packetOf(['{"type":"personal","event":', bytes, '}'])]);
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
    this.finishing = true;
    if (!this.ended) await this.requests.atRest();
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
    this.requests.drop();
  }
}
