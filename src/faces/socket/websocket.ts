import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { type CloseCode, closes, type ErrorCode, errors } from '../../../contracts/errors.ts';
import { subprotocol } from '../../../contracts/wire.ts';
import type { Counts } from './counts.ts';
import { byeFrame, isOwnOrigin } from './door.ts';
import { type Packet, toPacket } from './packet.ts';
import { createSession, type Session, type SessionDeps } from './session.ts';

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
  const server = new WebSocketServer({
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
 * One socket and its session. Shared frames go straight to the network socket: without compression `ws` writes each of
 * its own frames whole and at once, so the two never mix within a frame.
 */
function attach(deps: WebSocketDeps, ws: WebSocket, socket: Duplex, address: string): void {
  const { counts, settings, wheel, sessions } = deps;
  let closing = false;
  let heardAt = wheel.now();

  function isCutOff(): boolean {
    if (socket.writableLength <= settings.slowBytes) return false;
    counts.tooSlow++;
    session.bye('too_slow');
    return true;
  }

  function put(frame: Buffer): void {
    counts.framesOut++;
    counts.bytesOut += frame.length;
    socket.write(frame);
  }

  /** Answers of one turn go out in one write: a commit group answers many requests of a client at once. */
  function gather(): void {
    if (gathering) return;
    gathering = true;
    socket.cork();
    process.nextTick(() => {
      gathering = false;
      socket.uncork();
    });
  }
  let gathering = false;

  const session = createSession(
    deps,
    {
      send(frame) {
        if (closing || isCutOff()) return;
        gather();
        put(toPacket(frame).frame);
      },
      write(packets: readonly Packet[]) {
        if (closing || isCutOff()) return;
        const [first] = packets;
        if (packets.length === 1 && first) return put(first.frame);
        socket.cork();
        for (const packet of packets) put(packet.frame);
        socket.uncork();
      },
      isBusy: () => socket.writableLength > settings.slowBytes / 8,
      hints: true,
      pause: (on) => (on ? ws.pause() : ws.resume()),
      bye(code, retryAfter) {
        if (closing) return;
        closing = true;
        put(toPacket(byeFrame(code, retryAfter)).frame);
        ws.close(closes[code].close, code);
        // It must be read for the other side's part of the farewell to be seen.
        ws.resume();
        wheel.after(settings.graceSeconds * 1000, () => ws.terminate());
      },
    },
    { address, lists: true, listens: false },
  );

  function watchSilence(ms: number): void {
    callOffSilence = wheel.after(ms, () => {
      const left = heardAt + settings.silenceSeconds * 1000 - wheel.now();
      if (left <= 0) session.bye('silent');
      else watchSilence(left);
    });
  }
  let callOffSilence = () => {};
  watchSilence(settings.silenceSeconds * 1000);

  const alive = () => {
    heardAt = wheel.now();
  };
  counts.opened++;
  counts.open.websocket++;
  sessions.add(session);
  socket.on('drain', session.drained);
  ws.on('ping', alive);
  ws.on('message', (data, isBinary) => {
    alive();
    counts.framesIn++;
    if (isBinary) session.garbled();
    else session.hear(data.toString());
  });
  // What the protocol found wrong was answered by `Socket.close`; the rest is the network's end.
  ws.on('error', () => {
    closing = true;
    session.closed();
    wheel.after(settings.graceSeconds * 1000, () => ws.terminate());
  });
  ws.on('close', () => {
    closing = true;
    callOffSilence();
    counts.open.websocket--;
    sessions.delete(session);
    session.closed();
  });
}
