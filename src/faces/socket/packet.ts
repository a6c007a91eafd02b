import type { Id, Message } from '../../../contracts/nouns.ts';
import type { ServerFrame } from '../../../contracts/wire.ts';

/**
 * One server frame, encoded once for everybody: an unmasked WebSocket text frame (RFC 6455 §5.2), whose tail is the
 * JSON that the other transports send. Nobody changes the bytes.
 */
export interface Packet {
  readonly frame: Buffer;
  readonly json: Buffer;
}

/** The JSON of messages that several are given. */
const shared = new WeakMap<readonly Message[], Buffer>();

/** Encodes these once, whoever is told of them by `joined`. */
export function shareBytes(messages: readonly Message[]): void {
  shared.set(messages, Buffer.from(JSON.stringify(messages)));
}

export function toPacket(frame: ServerFrame): Packet {
  if (frame.type === 'joined') {
    const bytes = shared.get(frame.messages);
    if (bytes) return joinedPacket(frame, bytes);
  }
  const json = JSON.stringify(frame);
  const packet = allocate(Buffer.byteLength(json));
  packet.json.write(json);
  return packet;
}

function joinedPacket({ messages: _, mine, people, gap, ...head }: Extract<ServerFrame, { type: 'joined' }>, bytes: Buffer): Packet {
  const tail = JSON.stringify({ mine, people, gap });
  return packetOf([`${JSON.stringify(head).slice(0, -1)},"messages":`, bytes, `,${tail.slice(1)}`]);
}

/** A frame that consists of bytes which are JSON already. */
export function packetOf(parts: readonly (string | Buffer)[]): Packet {
  let size = 0;
  for (const part of parts) size += Buffer.byteLength(part);
  const packet = allocate(size);
  let at = 0;
  for (const part of parts) at += typeof part === 'string' ? packet.json.write(part, at) : part.copy(packet.json, at);
  return packet;
}

/** `events` of one channel; the bytes of each are the event's JSON. */
export function eventsPacket(channel: Id, events: readonly { bytes: Buffer }[]): Packet {
  const parts: (string | Buffer)[] = [`{"type":"events","channel":"${channel}","events":[`];
  for (const [i, event] of events.entries()) {
    if (i > 0) parts.push(',');
    parts.push(event.bytes);
  }
  parts.push(']}');
  return packetOf(parts);
}

function allocate(size: number): Packet {
  const header = size < 126 ? 2 : size < 65536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + size);
  frame[0] = 0x81;
  if (size < 126) frame[1] = size;
  else if (size < 65536) {
    frame[1] = 126;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(size), 2);
  }
  return { frame, json: frame.subarray(header) };
}
