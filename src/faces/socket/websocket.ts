import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type CloseCode, closes, type ErrorCode, errors } from '../../../contracts/errors.ts';
import { type ServerFrame, subprotocol } from '../../../contracts/wire.ts';
import type { Counts } from './counts.ts';
import { byeFrame, isOwnOrigin } from './door.ts';
import { inOne, type Packet, toFrame, toPacket } from './packet.ts';
import { closeFrame, pongFrame } from './protocol/control.ts';
import { offeredProtocols, switching, version, wrongWith } from './protocol/handshake.ts';
import { type Fault, receive, type Speaker } from './protocol/receive.ts';
import { createSession, type Session, type SessionDeps, type Transport } from './session.ts';
import type { Bell } from './wheel.ts';

export interface WebSocketDeps extends SessionDeps {
  counts: Counts;
  sessions: Set<Session>;
  /** True once nobody new is let in. */
  isDraining(): boolean;
}

/** What the protocol itself finds wrong, told with our codes. */
const faults: Record<Fault, CloseCode> = { 1002: 'bad_frame', 1007: 'bad_frame', 1009: 'too_large' };

/** The `/socket` address: lets clients in and gives each a session. */
export function createWebSockets(deps: WebSocketDeps) {
  return {
    upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, address: string): void {
      const refused = refusal(req, deps);
      if (refused) return answer(socket, ...refused);
      // Gone already.
      if (!socket.readable || !socket.writable) return void socket.destroy();
      socket.write(switching(req, subprotocol));
      const connection = attach(deps, socket, address);
      if (head.length > 0) receive(connection, head, deps.settings.frameBytes);
    },
  };
}

function refusal(req: IncomingMessage, { settings, isDraining }: WebSocketDeps): [ErrorCode, string] | null {
  if (isDraining()) return ['unavailable', closes.draining.sentence];
  if (!isOwnOrigin(req.headers.origin, req.headers.host, settings.allowedOrigins)) {
    return ['forbidden', 'Pages of this origin may not connect here; the setting allowedOrigins can let them.'];
  }
  const wrong = wrongWith(req);
  if (wrong) return ['invalid_input', wrong];
  return offeredProtocols(req).includes(subprotocol) ? null : ['invalid_input', `The subprotocol "${subprotocol}" must be offered.`];
}

function answer(socket: Duplex, code: ErrorCode, detail: string): void {
  const { http, retryable } = errors[code];
  const body = JSON.stringify({ status: http, code, detail, retryable });
  const lines = [
    `HTTP/1.1 ${http} ${code}`,
    'Connection: close',
    `Sec-WebSocket-Version: ${version}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryable ? ['Retry-After: 1'] : []),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** One socket and its session; a class, since there are many thousands. Every frame is written whole and at once. */
class Connection implements Transport, Speaker, Bell {
  readonly deps: WebSocketDeps;
  readonly socket: Duplex;
  readonly session: Session;
  unfinished: Speaker['unfinished'] = null;
  isDone = false;
  due = 0;
  heardAt: number;
  /** The end has begun: nothing more goes out. */
  closing = false;
  /** Frames of this turn, and the characters and bytes that these are. */
  gathered: (string | Buffer)[] | null = null;
  gatheredSize = 0;

  constructor(deps: WebSocketDeps, socket: Duplex, address: string) {
    this.deps = deps;
    this.socket = socket;
    this.heardAt = deps.wheel.now();
    this.session = createSession(deps, this, { address, ...manner });
    deps.wheel.hang(this, deps.settings.silenceSeconds * 1000);
  }

  get hints(): boolean {
    return true;
  }

  // What the client says.

  text(data: string): void {
    this.heard();
    this.session.hear(data);
  }

  binary(): void {
    this.heard();
    this.session.garbled();
  }

  ping(payload: Buffer): void {
    this.pong();
    if (!this.closing && !this.isCutOff()) this.socket.write(pongFrame(payload));
  }

  pong(): void {
    this.heardAt = this.deps.wheel.now();
  }

  goodbye(code: number | null): void {
    this.session.closed();
    this.farewell(code);
    this.socket.end();
  }

  /** The client is told why, as of everything else. */
  fault(fault: Fault): void {
    const code = faults[fault];
    this.session.closed();
    this.scatter();
    if (!this.closing) this.put(toPacket(byeFrame(code, undefined)).frame);
    this.farewell(closes[code].close, code);
    this.socket.end();
  }

  /** The network's end came without a farewell. */
  cut(): void {
    this.session.closed();
    this.scatter();
    this.leave();
    this.socket.end();
  }

  private heard(): void {
    this.heardAt = this.deps.wheel.now();
    this.deps.counts.framesIn++;
  }

  // What it is told.

  send(frame: ServerFrame): void {
    if (!this.closing && !this.isCutOff()) this.gather(toFrame(frame));
  }

  write(packets: readonly Packet[]): void {
    if (this.closing || this.isCutOff()) return;
    const [first] = packets;
    if (packets.length === 1 && first && !this.gathered) return this.put(first.frame);
    for (const packet of packets) this.gather(packet.frame);
    this.scatter();
  }

  isBusy(): boolean {
    return this.socket.writableLength > this.deps.settings.slowBytes / 8;
  }

  pause(on: boolean): void {
    if (on) this.socket.pause();
    else this.socket.resume();
  }

  /** The client's part of the farewell has as long to come as what waits for it has to be read. */
  bye(code: CloseCode, retryAfter: number | undefined): void {
    if (this.closing) return;
    this.scatter();
    this.put(toPacket(byeFrame(code, retryAfter)).frame);
    this.farewell(closes[code].close, code);
  }

  /** Looks whether anything was heard. */
  ring(): void {
    const { settings, wheel } = this.deps;
    const left = this.heardAt + settings.silenceSeconds * 1000 - wheel.now();
    if (left <= 0) this.session.bye('silent');
    else wheel.hang(this, left);
  }

  private farewell(code: number | null, reason?: string): void {
    if (this.closing) return;
    this.scatter();
    this.socket.write(closeFrame(code, reason));
    // It must be read for the other side's part to be seen.
    this.socket.resume();
    this.leave();
  }

  private leave(): void {
    if (this.closing) return;
    this.closing = true;
    this.deps.wheel.after(this.deps.settings.graceSeconds * 1000, () => this.socket.destroy());
  }

  private isCutOff(): boolean {
    const { counts, settings } = this.deps;
    if (this.socket.writableLength <= settings.slowBytes) return false;
    counts.tooSlow++;
    this.session.bye('too_slow');
    return true;
  }

  private put(frame: Buffer): void {
    this.deps.counts.framesOut++;
    this.deps.counts.bytesOut += frame.length;
    this.socket.write(frame);
  }

  /** Answers of one turn go out in one write: a commit group answers many requests of a client at once. */
  private gather(frame: string | Buffer): void {
    if (frame instanceof Buffer && frame.length > mostGathered) {
      // Shared by many, perhaps: it is not to be copied for each.
      this.scatter();
      return this.put(frame);
    }
    if (!this.gathered) {
      this.gathered = [];
      process.nextTick(scatter, this);
    }
    this.gathered.push(frame);
    this.gatheredSize += frame.length;
    this.deps.counts.framesOut++;
    if (this.gatheredSize > mostGathered) this.scatter();
  }

  scatter(): void {
    const frames = this.gathered;
    if (!frames) return;
    this.gathered = null;
    this.gatheredSize = 0;
    const bytes = inOne(frames);
    this.deps.counts.bytesOut += bytes.length;
    this.socket.write(bytes);
  }
}

const manner = { lists: true, listens: false };

/** More is not held back: what is written counts against a client that does not read. */
const mostGathered = 16 * 1024;

function scatter(connection: Connection): void {
  connection.scatter();
}

/** Whose socket it is, so that all sockets share the functions that follow. */
const owner = Symbol('connection');
type Owned = Duplex & { [owner]?: Connection };

function attach(deps: WebSocketDeps, socket: Owned, address: string): Connection {
  const { counts, sessions } = deps;
  const connection = new Connection(deps, socket, address);
  socket[owner] = connection;
  counts.opened++;
  counts.open.websocket++;
  sessions.add(connection.session);
  if (socket instanceof Socket) socket.push = pushed;
  socket.on('data', heard);
  socket.on('drain', drained);
  socket.on('end', ended);
  socket.on('close', closed);
  return connection;
}

/**
 * Node's sockets call this with what they read. While nothing waits it goes straight to whoever listens, without the stream's
 * own bookkeeping and the tick that it orders after each chunk: a sixth less for a ping of an idle client. A socket goes on
 * reading without these; what comes while it is paused, and the end, take the stream's way.
 */
function pushed(this: Owned, chunk: unknown, encoding?: BufferEncoding): boolean {
  if (!(chunk instanceof Buffer) || !this.readableFlowing || this.readableLength > 0)
    return Duplex.prototype.push.call(this, chunk, encoding);
  heard.call(this, chunk);
  return true;
}

function heard(this: Owned, chunk: Buffer): void {
  const connection = of(this);
  if (!connection.isDone) receive(connection, chunk, connection.deps.settings.frameBytes);
}

function drained(this: Owned): void {
  of(this).session.drained();
}

function ended(this: Owned): void {
  of(this).cut();
}

function closed(this: Owned): void {
  const connection = of(this);
  const { deps, session } = connection;
  connection.closing = true;
  deps.wheel.takeDown(connection);
  deps.counts.open.websocket--;
  deps.sessions.delete(session);
  session.closed();
}

function of(socket: Owned): Connection {
  const connection = socket[owner];
  if (!connection) throw new Error('This socket was not attached.');
  return connection;
}
