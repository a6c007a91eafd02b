import { WebSocket } from 'ws';
import { type ClientFrame, type ServerFrame, subprotocol } from '../../contracts/wire.ts';
import { within } from './wait.ts';

type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;
type Asking = Extract<ClientFrame, { id?: string }>;

/** A refusal that came back as an `error` frame. */
export class Refused extends Error {
  readonly frame: Frame<'error'>;
  constructor(frame: Frame<'error'>) {
    super(`${frame.code}: ${frame.message}`);
    this.frame = frame;
  }
}

export interface TestSocket {
  ready: Frame<'ready'>;
  /** Every frame so far, in the order of arrival. */
  heard: ServerFrame[];
  tell(frame: ClientFrame): void;
  /** Sends a frame and waits for its answer. @throws Refused when that is an error */
  ask<T extends ServerFrame['type']>(type: T, frame: Asking): Promise<Frame<T>>;
  /** The first frame, heard already or to come, of which `match` is true. */
  hear<T extends ServerFrame['type']>(type: T, match?: (frame: Frame<T>) => boolean): Promise<Frame<T>>;
  /** Called for every frame from now on. */
  onFrame(listener: (frame: ServerFrame) => void): void;
  closed: Promise<{ code: number; bye: Frame<'bye'> | null }>;
  close(): Promise<void>;
  /** The connection below, for those who mean to misuse it. */
  raw: WebSocket;
}

export function socketUrl(base: string): string {
  return `${base.replace(/^http/, 'ws')}/socket`;
}

/** Connects, says hello and waits until the server is ready. */
export async function openSocket(base: string, token: string): Promise<TestSocket> {
  const raw = new WebSocket(socketUrl(base), subprotocol, { perMessageDeflate: false });
  const heard: ServerFrame[] = [];
  const listeners = new Set<(frame: ServerFrame) => void>();
  let bye: Frame<'bye'> | null = null;
  let end: (closed: { code: number; bye: Frame<'bye'> | null }) => void = () => {};
  const closed = new Promise<{ code: number; bye: Frame<'bye'> | null }>((resolve) => {
    end = resolve;
  });
  raw.on('message', (data) => {
    const frame: ServerFrame = JSON.parse(String(data));
    if (frame.type === 'bye') bye = frame;
    heard.push(frame);
    for (const listener of listeners) listener(frame);
  });
  raw.on('close', (code) => end({ code, bye }));
  let failure: Error | null = null;
  raw.on('error', (error) => {
    failure = error;
  });

  function wait<F extends ServerFrame>(match: (frame: ServerFrame) => frame is F, what: string): Promise<F> {
    const arrival = new Promise<F>((resolve, reject) => {
      const listener = (frame: ServerFrame) => {
        if (!match(frame)) return;
        listeners.delete(listener);
        resolve(frame);
      };
      listeners.add(listener);
      closed.then(({ code }) => reject(failure ?? new Error(`The socket was closed with ${code} while waiting for ${what}.`)), reject);
    });
    return within(arrival, what);
  }

  let asked = 0;
  const socket: Omit<TestSocket, 'ready'> = {
    heard,
    raw,
    closed,
    tell: (frame) => raw.send(JSON.stringify(frame)),
    onFrame: (listener) => listeners.add(listener),
    async ask(type, frame) {
      const id = `q${++asked}`;
      const answer = wait((each): each is ServerFrame & { id: string } => 'id' in each && each.id === id, `the answer to ${frame.type}`);
      raw.send(JSON.stringify({ ...frame, id }));
      const found = await answer;
      if (found.type === 'error') throw new Refused(found);
      if (!isType(found, type)) throw new Error(`${frame.type} was answered with ${found.type}, not ${type}.`);
      return found;
    },
    async hear(type, match = () => true) {
      const fits = (frame: ServerFrame): frame is Frame<typeof type> => isType(frame, type) && match(frame);
      return heard.find(fits) ?? (await wait(fits, `a frame of type ${type}`));
    },
    async close() {
      raw.close();
      await closed;
    },
  };
  const opened = new Promise<void>((resolve, reject) => {
    raw.once('open', resolve);
    raw.once('error', reject);
    raw.once('close', (code) => reject(new Error(`The socket was closed with ${code} before it opened.`)));
  });
  await within(opened, 'the socket to open');
  const ready = wait((frame): frame is Frame<'ready'> => frame.type === 'ready', 'ready');
  socket.tell({ type: 'hello', token });
  return { ...socket, ready: await ready };
}

function isType<T extends ServerFrame['type']>(frame: ServerFrame, type: T): frame is Frame<T> {
  return frame.type === type;
}
