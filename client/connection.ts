import { closes, comeBack, type ErrorCode, PlazaError } from '../contracts/errors.ts';
import { type ClientFrame, type ServerFrame, subprotocol } from '../contracts/wire.ts';
import { createTimers } from './timers.ts';
import type { TokenKeeper } from './tokens.ts';

export type ConnectionState =
  /** Trying for the first time or again. */
  | { at: 'connecting' }
  | { at: 'live' }
  /** Cut; comes back by itself. */
  | { at: 'waiting'; retryInMs: number }
  /** Does not come back: closed by the caller, or `error` says why. */
  | { at: 'closed'; error: PlazaError | null };

type Ready = Extract<ServerFrame, { type: 'ready' }>;
type Bye = Extract<ServerFrame, { type: 'bye' }>;

export interface ConnectionEvents {
  /** @param first the first one on this socket; later ones bring only the lists anew */
  ready(frame: Ready, first: boolean): void;
  frame(frame: Exclude<ServerFrame, Ready>): void;
  state(state: ConnectionState): void;
}

export interface Connection {
  isLive(): boolean;
  /** Sends a frame and resolves with its answer. @throws the server's refusal, or unavailable when the connection is cut */
  ask(frame: Asking): Promise<ServerFrame>;
  /** Sends without waiting; dropped when not connected. */
  tell(frame: ClientFrame): void;
  /** Has the lists of `ready` told anew. */
  again(): void;
  /** Does not wait any longer for the next try. */
  reconnect(): void;
  close(): void;
}

/** Frames that are answered. */
export type Asking = Exclude<ClientFrame, { type: 'hello' | 'ping' | 'typing' | 'watch' }>;

const firstDelayMs = 250;
const longestDelayMs = 15_000;
/** An answer takes no longer. When nothing else was heard either, the connection is dead. */
const answerMs = 10_000;
/** A new connection is ready by then. */
const openMs = 15_000;
const beatMs = 5000;
/** Well below the minute after which proxies in between give up what is silent. */
const pingMs = 30_000;

/** One socket that comes back by itself after every cut, with growing and jittered delays. */
export function createConnection(base: URL, tokens: TokenKeeper, events: ConnectionEvents): Connection {
  const address = new URL('/socket', base);
  address.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
  const asked = new Map<string, { resolve(frame: ServerFrame): void; reject(error: PlazaError): void }>();
  const timers = createTimers();
  let socket: WebSocket | null = null;
  let closed = false;
  let ready = false;
  let failures = 0;
  // New tokens in a row that were not believed.
  let doubted = 0;
  let asks = 0;
  let token = '';
  let bye: Bye | null = null;
  let silenceMs = openMs;
  let openedAt = 0;
  let heardAt = 0;
  let pingedAt = 0;

  async function connect(): Promise<void> {
    events.state({ at: 'connecting' });
    bye = null;
    try {
      token = await tokens.fresh();
    } catch (error) {
      if (error instanceof PlazaError && !error.retryable) end(error);
      else later();
      return;
    }
    if (closed) return;
    const opened = new WebSocket(address, subprotocol);
    socket = opened;
    openedAt = heardAt = pingedAt = Date.now();
    timers.anew('beat', Math.min(Math.max(tokens.msLeft(), 0), beatMs), heartbeat);
    opened.onopen = () => put({ type: 'hello', token });
    opened.onmessage = ({ data }) => {
      if (socket !== opened) return;
      heardAt = Date.now();
      receive(JSON.parse(String(data)));
    };
    opened.onclose = ({ code }) => {
      if (socket === opened) lost(code);
    };
    // 'close' always follows and tells more.
    opened.onerror = () => {};
  }

  function receive(frame: ServerFrame): void {
    if (frame.type === 'ready') {
      const first = !ready;
      failures = doubted = 0;
      ready = true;
      silenceMs = frame.silence * 1000;
      events.ready(frame, first);
      if (first) events.state({ at: 'live' });
      return;
    }
    if (frame.type === 'bye') bye = frame;
    const id = 'id' in frame ? frame.id : undefined;
    const waiting = id === undefined ? undefined : asked.get(id);
    if (id !== undefined) asked.delete(id);
    if (frame.type === 'error') {
      const { code, message, rule, limit, retryAfter } = frame;
      const details = {
        ...(rule !== undefined && { rule }),
        ...(limit !== undefined && { limit }),
        ...(retryAfter !== undefined && { retryAfter }),
      };
      waiting?.reject(new PlazaError(code, message, details));
      return;
    }
    // First the state, then who asked: an answer finds what it brought.
    events.frame(frame);
    waiting?.resolve(frame);
  }

  /** Pings well within the server's patience, renews the token before its end, and gives up a socket that went silent. */
  function heartbeat(): void {
    const now = Date.now();
    if (ready ? now - heardAt > silenceMs : now - openedAt > openMs) {
      lost(1006);
      return;
    }
    const tokenMs = tokens.msLeft();
    timers.anew('beat', tokenMs > 0 ? Math.min(tokenMs, beatMs) : beatMs, heartbeat);
    if (!ready) return;
    if (now - pingedAt >= Math.min(pingMs, silenceMs / 3)) {
      pingedAt = now;
      put({ type: 'ping' });
    }
    if (tokenMs <= 0) greet();
  }

  /** Says hello on the open connection: with a new token if it is time for one, and for fresh lists. */
  function greet(): void {
    const present = socket;
    tokens.fresh().then(
      (fresh) => {
        if (socket !== present || !ready) return;
        token = fresh;
        put({ type: 'hello', token });
      },
      // The old token is good until its end, and the server says so when it comes.
      () => {},
    );
  }

  function lost(code: number): void {
    const gone = socket;
    socket = null;
    ready = false;
    timers.clear('beat');
    gone?.close();
    refuseAsked(new PlazaError('unavailable', 'The connection was cut before the answer came.'));
    if (closed) return;
    const tokenRefused = code === closes.token_expired.close || code === closes.unauthenticated.close;
    if (tokenRefused) tokens.spoiled(token);
    if (comeBack(code) || (tokenRefused && doubted++ === 0)) later(bye?.retryAfter);
    else end(finalError(code, bye));
  }

  function refuseAsked(error: PlazaError): void {
    const all = [...asked.values()];
    asked.clear();
    for (const { reject } of all) reject(error);
  }

  /** @param retryAfter seconds that the server asks for */
  function later(retryAfter = 0): void {
    if (closed || timers.isSet('retry')) return;
    const backoff = Math.min(firstDelayMs * 2 ** failures++, longestDelayMs) * (0.5 + Math.random() / 2);
    const retryInMs = Math.max(retryAfter * 1000, backoff);
    timers.anew('retry', retryInMs, () => void connect());
    events.state({ at: 'waiting', retryInMs });
  }

  function end(error: PlazaError | null): void {
    closed = true;
    timers.clearAll();
    lost(1000);
    events.state({ at: 'closed', error });
  }

  function put(frame: ClientFrame): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  void connect();

  return {
    isLive: () => ready,
    tell(frame) {
      if (ready) put(frame);
    },
    again: greet,
    reconnect() {
      if (!timers.isSet('retry')) return;
      timers.clear('retry');
      void connect();
    },
    ask(frame) {
      if (!ready) return Promise.reject(new PlazaError('unavailable', 'Not connected just now.'));
      const id = `${++asks}`;
      const askedAt = Date.now();
      const answer = new Promise<ServerFrame>((resolve, reject) => asked.set(id, { resolve, reject }));
      const present = socket;
      timers.anew(`ask ${id}`, answerMs, () => {
        if (heardAt <= askedAt && socket === present) lost(1006);
        asked.get(id)?.reject(new PlazaError('unavailable', 'The server did not answer in time.'));
        asked.delete(id);
      });
      put({ ...frame, id });
      return answer.finally(() => timers.clear(`ask ${id}`));
    },
    close() {
      if (!closed) end(null);
    },
  };
}

const finalCodes: Record<number, ErrorCode> = {
  [closes.unauthenticated.close]: 'unauthenticated',
  [closes.signed_out.close]: 'unauthenticated',
  [closes.too_many_requests.close]: 'too_many_requests',
  [closes.too_large.close]: 'too_large',
  [closes.bad_frame.close]: 'invalid_input',
};

/** Why there is no coming back. */
function finalError(code: number, bye: Bye | null): PlazaError {
  const sentence = Object.values(closes).find(({ close }) => close === code)?.sentence;
  return new PlazaError(finalCodes[code] ?? 'internal', bye?.message ?? sentence ?? `The server closed the connection for good (${code}).`);
}
