import { asRefusal, type CloseCode, PlazaError } from '../../../contracts/errors.ts';
import type { Head, Id } from '../../../contracts/nouns.ts';
import type { ClientFrame, ServerFrame } from '../../../contracts/wire.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import type { Logger } from '../../kit/log.ts';
import { decodeFrame } from './frames.ts';
import type { Hub } from './hub.ts';
import { type Packet, packetOf } from './packet.ts';
import { createPace } from './pace.ts';
import { type MyLists, readJoined, readLists, readSynced } from './reads.ts';
import type { Client, Receiver } from './registry.ts';
import type { SocketSettings } from './settings.ts';
import { readStable } from './stable.ts';
import { type Answer, perform } from './verbs.ts';
import type { Wheel } from './wheel.ts';

/** How a session's frames reach its client. */
export interface Transport {
  send(frame: ServerFrame): void;
  /** Shared frames, in one write. */
  write(packets: readonly Packet[]): void;
  /** Has much that the client did not read yet: no further request is begun, hints are left out. */
  isBusy(): boolean;
  /** Typing is shown to this client. */
  readonly hints: boolean;
  /** Stop, or go on, reading what the client sends. */
  pause(on: boolean): void;
  /** Tells why and closes; nothing goes out after. */
  bye(code: CloseCode, retryAfter: number | undefined): void;
}

export interface SessionDeps {
  doors: Doors;
  hub: Hub;
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
  places(): { channel: Id; version: number }[];
  bye(code: CloseCode, retryAfter?: number): void;
  /** Takes no more frames, answers those it has, then says bye. */
  finish(code: CloseCode, retryAfter: number): Promise<void>;
  /** The transport is gone. */
  closed(): void;
}

const garbledAllowed = 5;
const earlyPersonal = 100;
const typingPauseMs = 3000;
/** A listener's sync that failed is tried again after so long. */
const retryMs = 1000;

/** One client's conversation: frames in, verbs called, frames out. */
export function createSession(deps: SessionDeps, transport: Transport, options: SessionOptions): Session {
  const { doors, hub, wheel, logger, settings } = deps;
  let client: Client | null = null;
  let token = '';
  let greeted = false;
  let closed = false;
  let finishing: (() => void) | null = null;
  let garbledCount = 0;
  let running = 0;
  let paused = false;
  let listing = false;
  let listAgain = false;
  let missedEarly = false;
  const waiting: ClientFrame[] = [];
  const early: Buffer[] = [];
  /** The last of the frames that keep their order, by what they are in order of. */
  const tails = new Map<string, Promise<void>>();
  const typed = new Map<Id, number>();
  const pace = createPace({ perSecond: settings.framesPerSecond, burst: settings.framesBurst });
  let callOffExpiry = () => {};
  const callOffDeadline = wheel.after(settings.helloSeconds * 1000, () => {
    if (!client) bye('unauthenticated');
  });

  const receiver: Receiver = {
    write: transport.write,
    hints: () => transport.hints && !transport.isBusy(),
    personal,
    behind(heads) {
      if (!options.listens) return transport.send({ type: 'head', heads });
      const listed = heads.filter((head) => !catchUp(head));
      if (listed.length > 0) transport.send({ type: 'head', heads: listed });
    },
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
    if (verdict === 'excess') return bye('too_many_requests');
    const decoded = decodeFrame(data);
    if ('refusal' in decoded) return refuseFrame(decoded);
    const { frame } = decoded;
    if (verdict !== 'ok') return refuse(frame, new PlazaError('too_many_requests', undefined, { retryAfter: pace.retryAfter() }));
    accept(frame);
  }

  function refuseFrame({ refusal, ...about }: { refusal: PlazaError; id?: string; key?: string }): void {
    send(errorFrame(refusal, about));
    if (++garbledCount > garbledAllowed) bye('bad_frame');
  }

  function accept(frame: ClientFrame): void {
    if (closed) return;
    if (frame.type === 'ping') return send({ type: 'pong' });
    if (!client && frame.type !== 'hello' && running === 0) return bye('unauthenticated');
    waiting.push(frame);
    pump();
  }

  /** Begins what may begin; the rest waits, and meanwhile nothing more is read from the client. */
  function pump(): void {
    while (!closed && running < settings.outstanding && !transport.isBusy()) {
      const [next] = waiting;
      // All else waits for the greeting.
      if (!next || (!greeted && (next.type !== 'hello' || running > 0))) break;
      waiting.shift();
      void begin(next);
    }
    const full = waiting.length > 0;
    if (full !== paused && !closed) transport.pause(full);
    paused = full;
  }

  /** Runs one request; it answers for itself and never throws. */
  async function begin(frame: ClientFrame): Promise<void> {
    running++;
    try {
      const order = orderOf(frame);
      const answer = await (order ? inOrder(order, () => handle(frame)) : handle(frame));
      if (answer) send('id' in frame && frame.id !== undefined ? { ...answer, id: frame.id } : answer);
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
    if (frame.type !== 'hello' || greeted) return refuse(frame, refusal);
    bye(refusal.code === 'token_expired' ? 'token_expired' : refusal.retryable ? 'unavailable' : 'unauthenticated');
  }

  async function inOrder<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = tails.get(key) ?? Promise.resolve();
    const mine = before.then(work);
    const tail = mine.then(
      () => {},
      () => {},
    );
    tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === tail) tails.delete(key);
    }
  }

  async function handle(frame: ClientFrame): Promise<Answer | null> {
    if (frame.type === 'hello') return hello(frame);
    if (!client) throw new PlazaError('unauthenticated');
    switch (frame.type) {
      case 'join':
        return join(client, frame);
      case 'leave': {
        const watch = client.watches.get(frame.channel);
        if (watch) hub.unwatch(watch);
        return { type: 'done' };
      }
      case 'typing':
        return typing(client, frame.channel);
      case 'ping':
        return null;
      default: {
        const answer = await perform(doors, client.who, frame);
        if (answer.type === 'synced') synced(client, answer);
        return answer;
      }
    }
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
    const epoch = await doors.conversations.epoch();
    if (closed) return null;
    callOffDeadline();
    expire();
    await greet(client, epoch);
    const places = frame.resume?.epoch === epoch ? frame.resume.places : [];
    for (const { channel, version } of places) waiting.push({ type: 'join', channel, since: version });
    return null;
  }

  async function greet(me: Client, epoch: string): Promise<void> {
    const { person } = me.who;
    if (!person) return;
    if (options.lists) await readMine(me, (lists) => send({ type: 'ready', epoch, person, ...lists, silence: settings.silenceSeconds }));
    greeted = true;
    for (const bytes of early.splice(0)) personal(bytes);
    if (missedEarly) send({ type: 'stale' });
    missedEarly = false;
  }

  function readMine(me: Client, tell: (lists: MyLists) => void): Promise<void> {
    return readStable(
      hub,
      me,
      () => readLists(doors, me.who),
      (lists) => {
        tell(lists);
        hub.setLists(me, {
          communities: lists.communities.map(({ community }) => community.id),
          channels: lists.channels.map(({ channel, number, version }) => ({ channel: channel.id, number, version, community: channel.community })),
        });
      },
    );
  }

  function relist(): void {
    if (!options.lists || !greeted || closed || !client) return;
    listAgain = true;
    if (listing) return;
    listing = true;
    listAgain = false;
    readMine(client, () => {})
      .catch((err: unknown) => {
        logger.warn({ err }, 'The lists of a listener could not be read; they are read again.');
        wheel.after(retryMs, relist);
      })
      .finally(() => {
        listing = false;
        if (listAgain) relist();
      });
  }

  function expire(): void {
    callOffExpiry();
    const at = doors.accounts.expiresAt(token);
    if (at !== null) callOffExpiry = wheel.after(Math.max(0, at - Date.now()), () => bye('token_expired'));
  }

  // Channels.

  async function join(me: Client, frame: Extract<ClientFrame, { type: 'join' }>): Promise<null> {
    const { channel, id } = frame;
    if (!me.watches.has(channel) && me.watches.size >= settings.joins) {
      throw new PlazaError('conflict', `At most ${settings.joins} channels can be open on one connection; leave one first.`);
    }
    const watch = hub.hold(me, channel);
    try {
      const joined = await readJoined(doors, me.who, frame);
      if (closed) return null;
      const tell = (answer: Extract<Answer, { type: 'joined' | 'synced' }>) => {
        if (watch.state === 'gone') throw new PlazaError('forbidden');
        watch.version = answer.version;
        send(id === undefined ? answer : { ...answer, id });
      };
      tell(joined);
      let { version, gap } = joined;
      while (options.listens && gap && !closed) {
        const more = await readSynced(doors, me.who, { channel, since: version });
        tell(more);
        ({ version, gap } = more);
      }
      hub.open(watch, { version, number: joined.number, community: joined.channel.community });
    } catch (error) {
      hub.unwatch(watch);
      throw error;
    }
    return null;
  }

  /** What the client has by a sync needs not be given again. */
  function synced(me: Client, answer: Extract<ServerFrame, { type: 'synced' }>): void {
    // The feed may tell of a commit just before readers can see it.
    answer.gap ||= hub.version(answer.channel) > answer.version;
    const watch = me.watches.get(answer.channel);
    if (watch?.state === 'open' && !answer.gap) watch.version = Math.max(watch.version, answer.version);
  }

  /** A listener cannot ask, so what it missed is read for it. False when the channel is not open. */
  function catchUp({ channel }: Head): boolean {
    const watch = client?.watches.get(channel);
    if (!watch) return false;
    const { version } = watch;
    const again = (error: unknown) => {
      const refusal = asRefusal(error);
      if (closed) return;
      if (refusal.retryable) wheel.after(retryMs, () => catchUpFrom(version));
      else transport.send({ type: 'left', channel, code: refusal.code });
    };
    const catchUpFrom = (since: number) => {
      if (client && !closed) inOrder(`open ${channel}`, () => (client ? join(client, { type: 'join', channel, since }) : Promise.resolve(null))).catch(again);
    };
    catchUpFrom(version);
    return true;
  }

  async function typing(me: Client, channel: Id): Promise<null> {
    const now = wheel.now();
    if (now - (typed.get(channel) ?? Number.NEGATIVE_INFINITY) < typingPauseMs) return null;
    if (typed.size >= settings.joins) typed.clear();
    typed.set(channel, now);
    await doors.conversations.typing(me.who, { channel });
    return null;
  }

  // Frames out.

  function send(frame: ServerFrame): void {
    if (!closed) transport.send(frame);
  }

  function personal(bytes: Buffer): void {
    if (!greeted) {
      if (early.length < earlyPersonal) early.push(bytes);
      else missedEarly = true;
      return;
    }
    const { type } = JSON.parse(bytes.toString());
    if (type === 'channel_joined' || type === 'community_joined') relist();
    transport.write([packetOf(['{"type":"personal","event":', bytes, '}'])]);
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
    if (client) hub.leave(client);
    waiting.length = 0;
    finishing?.();
  }

  return {
    hear,
    garbled: () => {
      if (!closed && !finishing) refuseFrame({ refusal: new PlazaError('invalid_input', 'Frames are text, not binary.') });
    },
    accept,
    drained: pump,
    places: () => [...(client?.watches.values() ?? [])].map(({ room, version }) => ({ channel: room.channel, version })),
    bye,
    async finish(code, retryAfter) {
      if (closed) return;
      await new Promise<void>((resolve) => {
        finishing = resolve;
        if (running === 0 && waiting.length === 0) resolve();
      });
      bye(code, retryAfter);
    },
    closed: () => {
      if (!closed) end();
    },
  };
}

/** Sends to one channel keep their order, and so do opening and leaving it; the rest may overtake. */
function orderOf(frame: ClientFrame): string | null {
  if (frame.type === 'send') return `send ${frame.channel}`;
  if (frame.type === 'join' || frame.type === 'leave') return `open ${frame.channel}`;
  return null;
}

function errorFrame({ code, message, retryable, details }: PlazaError, about: { id?: string | undefined; key?: string | undefined }): ServerFrame {
  return {
    type: 'error',
    ...(about.id !== undefined && { id: about.id }),
    code,
    message,
    retryable,
    ...(about.key !== undefined && { key: about.key }),
    ...(details.rule !== undefined && { rule: details.rule }),
    ...(details.retryAfter !== undefined && { retryAfter: details.retryAfter }),
  };
}
