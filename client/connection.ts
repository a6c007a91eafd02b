import { comeBack, PlazaError } from '../contracts/errors.ts';
import { type ClientFrame, type ServerFrame, subprotocol } from '../contracts/wire.ts';
import type { TokenKeeper } from './tokens.ts';

export type ConnectionState =
  /** Trying for the first time or again. */
  | { at: 'connecting' }
  | { at: 'live' }
  /** Cut; comes back by itself. */
  | { at: 'waiting'; retryInMs: number }
  /** Does not come back: closed by the caller, or `error` says why. */
  | { at: 'closed'; error: PlazaError | null };

export interface ConnectionEvents {
  /** The places to resume, at every hello. */
  resume(): Extract<ClientFrame, { type: 'hello' }>['resume'];
  frame(frame: ServerFrame): void;
  state(state: ConnectionState): void;
}

export interface Connection {
  /** Sends a frame and resolves with its answer. @throws the server's refusal, or unavailable when the connection is cut */
  ask(frame: Asking): Promise<ServerFrame>;
  /** Sends without waiting; dropped when not connected. */
  tell(frame: ClientFrame): void;
  /** Says hello anew on the open connection. */
  again(): void;
  close(): void;
}

/** Frames that are answered. */
export type Asking = Exclude<ClientFrame, { type: 'hello' | 'ping' | 'typing' }>;

const firstDelayMs = 250;
const longestDelayMs = 15_000;
const answerMs = 20_000;

/** One socket that comes back by itself after every cut, with growing and jittered delays, and resumes where it was. */
export function createConnection(base: URL, tokens: TokenKeeper, events: ConnectionEvents): Connection {
  const address = new URL('/socket', base);
  address.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
  const asked = new Map<
    string,
    { resolve(frame: ServerFrame): void; reject(error: PlazaError): void; timer: ReturnType<typeof setTimeout> }
  >();
  let socket: WebSocket | null = null;
  let closed = false;
  // From `ready` to the cut: before it the server takes nothing but hello.
  let ready = false;
  let failures = 0;
  let asks = 0;
  let bye: { retryAfter?: number } = {};
  let silence = 30;
  let heardAt = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let beat: ReturnType<typeof setInterval> | undefined;

  async function connect(): Promise<void> {
    events.state({ at: 'connecting' });
    bye = {};
    let token: string;
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
    opened.onopen = () => {
      heardAt = Date.now();
      hello(token);
      beat = setInterval(heartbeat, 5000);
    };
    opened.onmessage = ({ data }) => {
      heardAt = Date.now();
      if (typeof data === 'string') receive(JSON.parse(data) as ServerFrame);
    };
    opened.onclose = ({ code }) => {
      if (socket === opened) lost(code);
    };
    // 'close' always follows and tells more.
    opened.onerror = () => {};
  }

  function hello(token: string): void {
    const resume = events.resume();
    tell({ type: 'hello', token, ...(resume === undefined ? {} : { resume }) });
  }

  function receive(frame: ServerFrame): void {
    if (frame.type === 'ready') {
      failures = 0;
      ready = true;
      silence = frame.silence;
      events.frame(frame);
      events.state({ at: 'live' });
      return;
    }
    if (frame.type === 'bye') bye = frame;
    const waiting = 'id' in frame && frame.id !== undefined ? asked.get(frame.id) : undefined;
    if (waiting !== undefined && 'id' in frame && frame.id !== undefined) {
      asked.delete(frame.id);
      clearTimeout(waiting.timer);
      if (frame.type === 'error') {
        const { code, message, rule, retryAfter } = frame;
        waiting.reject(
          new PlazaError(code, message, { ...(rule === undefined ? {} : { rule }), ...(retryAfter === undefined ? {} : { retryAfter }) }),
        );
        return;
      }
      // First the state, then who asked: an answer finds what it brought.
      events.frame(frame);
      waiting.resolve(frame);
      return;
    }
    events.frame(frame);
  }

  /** Pings well within the server's patience, renews the token before its end, and gives up a socket that went silent. */
  function heartbeat(): void {
    if (Date.now() - heardAt > silence * 1000) {
      socket?.close();
      lost(1006);
      return;
    }
    if (Date.now() - heardAt > (silence * 1000) / 3) tell({ type: 'ping' });
    if (tokens.msLeft() <= 0) {
      tokens.fresh().then(
        (token) => tell({ type: 'hello', token }),
        // The old one is good until its end, and the server says so when it comes.
        () => {},
      );
    }
  }

  function lost(code: number): void {
    socket = null;
    ready = false;
    clearInterval(beat);
    const cut = new PlazaError('unavailable', 'The connection was cut before the answer came.');
    for (const { reject, timer } of asked.values()) {
      clearTimeout(timer);
      reject(cut);
    }
    asked.clear();
    if (closed) return;
    // A token that ended or is not believed: a new one is fetched, and if that is refused connect() ends it.
    const tokenRefused = code === 4002 || code === 4501;
    if (tokenRefused) tokens.spoiled();
    if (comeBack(code) || tokenRefused) later(bye.retryAfter === undefined ? undefined : bye.retryAfter * 1000);
    else end(new PlazaError(code === 4502 ? 'unauthenticated' : 'internal', `The server closed the connection for good (${code}).`));
  }

  /** @param atLeastMs what the server asked for; it counts at the first try */
  function later(atLeastMs = 0): void {
    if (closed || retry !== undefined) return;
    const backoff = Math.min(firstDelayMs * 2 ** failures, longestDelayMs) * (0.5 + Math.random() / 2);
    const retryInMs = failures === 0 ? Math.max(atLeastMs, backoff) : backoff;
    failures++;
    events.state({ at: 'waiting', retryInMs });
    retry = setTimeout(() => {
      retry = undefined;
      void connect();
    }, retryInMs);
  }

  function end(error: PlazaError | null): void {
    closed = true;
    clearTimeout(retry);
    clearInterval(beat);
    socket?.close();
    if (socket !== null) lost(1000);
    events.state({ at: 'closed', error });
  }

  function tell(frame: ClientFrame): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  void connect();

  return {
    tell,
    again: () => {
      tokens.fresh().then(hello, () => {});
    },
    ask(frame) {
      if (!ready) return Promise.reject(new PlazaError('unavailable', 'Not connected just now.'));
      const id = `${++asks}`;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          asked.delete(id);
          reject(new PlazaError('unavailable', 'The server did not answer in time.'));
        }, answerMs);
        asked.set(id, { resolve, reject, timer });
        tell({ ...frame, id });
      });
    },
    close: () => {
      if (!closed) end(null);
    },
  };
}
