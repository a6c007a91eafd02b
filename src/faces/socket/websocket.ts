import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { type CloseCode, closes, type ErrorCode, errors } from '../../../contracts/errors.ts';
import { type ServerFrame, subprotocol } from '../../../contracts/wire.ts';
import type { Counts } from './counts.ts';
import { byeFrame, isOwnOrigin } from './door.ts';
import { type Packet, toPacket } from './packet.ts';
import { createSession, type Session, type SessionDeps, type Transport } from './session.ts';
import type { Bell } from './wheel.ts';

export interface WebSocketDeps extends SessionDeps {
  counts: Counts;
  sessions: Set<Session>;
  /** True once nobody new is let in. */
  isDraining(): boolean;
}

/** What the protocol itself finds wrong with a frame, by RFC 6455 §7.4.1, told with our codes. */
const faults: Record<number, CloseCode> = { 1002: 'bad_frame', 1003: 'bad_frame', 1007: 'bad_frame', 1009: 'too_large' };

/** `ws` closes by itself when a frame breaks the protocol; our clients are told why as for everything else. */
class Socket extends WebSocket {
  connection: Connection | null = null;

  override close(code?: number, reason?: string | Buffer): void {
    const fault = code === undefined ? undefined : faults[code];
    if (fault && this.readyState === WebSocket.OPEN) {
      this.send(toPacket(byeFrame(fault, undefined)).json, { binary: false });
      super.close(closes[fault].close, fault);
    } else super.close(code, reason);
  }
}

/** The `/socket` address: lets clients in and gives each a session. */
export function createWebSockets(deps: WebSocketDeps) {
  const { settings } = deps;
  const server = new WebSocketServer<typeof Socket>({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: settings.frameBytes,
    handleProtocols: () => subprotocol,
    WebSocket: Socket,
  });

  return {
    upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, address: string): void {
      socket.on('error', () => socket.destroy());
      const refused = refusal(req, deps);
      if (refused) answer(socket, ...refused);
      else server.handleUpgrade(req, socket, head, (ws) => attach(deps, ws, socket, address));
    },
  };
}

function refusal(req: IncomingMessage, { settings, isDraining }: WebSocketDeps): [ErrorCode, string] | null {
  if (isDraining()) return ['unavailable', closes.draining.sentence];
  if (!isOwnOrigin(req.headers.origin, req.headers.host, settings.allowedOrigins)) {
    return ['forbidden', 'Pages of this origin may not connect here; the setting allowedOrigins can let them.'];
  }
  const offered = (req.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return offered.includes(subprotocol) ? null : ['invalid_input', `The subprotocol "${subprotocol}" must be offered.`];
}

function answer(socket: Duplex, code: ErrorCode, detail: string): void {
  const { http, retryable } = errors[code];
  const body = JSON.stringify({ status: http, code, detail, retryable });
  const lines = [
    `HTTP/1.1 ${http} ${code}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryable ? ['Retry-After: 1'] : []),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * One socket and its session; a class, since there are many thousands. Shared frames go straight to the network socket:
 * without compression `ws` writes each of its own frames whole and at once, so the two never mix within a frame.
 */
class Connection implements Transport, Bell {
  readonly deps: WebSocketDeps;
  readonly ws: Socket;
  readonly socket: Duplex;
  readonly session: Session;
  readonly hints = true;
  due = 0;
  heardAt: number;
  closing = false;
  gathering = false;

  constructor(deps: WebSocketDeps, ws: Socket, socket: Duplex, address: string) {
    this.deps = deps;
    this.ws = ws;
    this.socket = socket;
    this.heardAt = deps.wheel.now();
    this.session = createSession(deps, this, { address, ...manner });
    deps.wheel.hang(this, deps.settings.silenceSeconds * 1000);
  }

  send(frame: ServerFrame): void {
    if (this.closing || this.isCutOff()) return;
    this.gather();
    this.put(toPacket(frame).frame);
  }

  write(packets: readonly Packet[]): void {
    if (this.closing || this.isCutOff()) return;
    const [first] = packets;
    if (packets.length === 1 && first) return this.put(first.frame);
    this.socket.cork();
    for (const packet of packets) this.put(packet.frame);
    this.socket.uncork();
  }

  isBusy(): boolean {
    return this.socket.writableLength > this.deps.settings.slowBytes / 8;
  }

  pause(on: boolean): void {
    if (on) this.ws.pause();
    else this.ws.resume();
  }

  bye(code: CloseCode, retryAfter: number | undefined): void {
    if (this.closing) return;
    this.closing = true;
    this.put(toPacket(byeFrame(code, retryAfter)).frame);
    this.ws.close(closes[code].close, code);
    // It must be read for the other side's part of the farewell to be seen.
    this.ws.resume();
    this.endSoon();
  }

  /** The network's end, or one that `Socket.close` told the client of. */
  broke(): void {
    this.closing = true;
    this.session.closed();
    this.endSoon();
  }

  /** Looks whether anything was heard. */
  ring(): void {
    const { settings, wheel } = this.deps;
    const left = this.heardAt + settings.silenceSeconds * 1000 - wheel.now();
    if (left <= 0) this.session.bye('silent');
    else wheel.hang(this, left);
  }

  private endSoon(): void {
    this.deps.wheel.after(this.deps.settings.graceSeconds * 1000, () => this.ws.terminate());
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
  private gather(): void {
    if (this.gathering) return;
    this.gathering = true;
    this.socket.cork();
    process.nextTick(scatter, this);
  }
}

const manner = { lists: true, listens: false };

function scatter(connection: Connection): void {
  connection.gathering = false;
  connection.socket.uncork();
}

function attach(deps: WebSocketDeps, ws: Socket, socket: Duplex, address: string): void {
  const { counts, sessions } = deps;
  const connection = new Connection(deps, ws, socket, address);
  ws.connection = connection;
  counts.opened++;
  counts.open.websocket++;
  sessions.add(connection.session);
  socket.on('drain', () => connection.session.drained());
  ws.on('ping', alive);
  ws.on('message', hear);
  ws.on('error', broke);
  ws.on('close', closed);
}

// Of all sockets; `ws` calls them on its own.

function alive(this: WebSocket): void {
  const connection = of(this);
  connection.heardAt = connection.deps.wheel.now();
}

function hear(this: WebSocket, data: RawData, isBinary: boolean): void {
  const { session, deps } = of(this);
  alive.call(this);
  deps.counts.framesIn++;
  if (isBinary) session.garbled();
  else session.hear(data.toString());
}

function broke(this: WebSocket): void {
  of(this).broke();
}

function closed(this: WebSocket): void {
  const connection = of(this);
  const { deps, session } = connection;
  connection.closing = true;
  deps.wheel.takeDown(connection);
  deps.counts.open.websocket--;
  deps.sessions.delete(session);
  session.closed();
}

function of(ws: WebSocket): Connection {
  if (!(ws instanceof Socket) || !ws.connection) throw new Error('This socket was not attached.');
  return ws.connection;
}
