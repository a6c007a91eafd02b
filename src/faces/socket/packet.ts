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
  if (!shared.has(messages)) shared.set(messages, Buffer.from(JSON.stringify(messages)));
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

/** A frame that is for one client alone: its JSON, to be encoded with what else goes out to it; or the whole frame. */
export function toFrame(frame: ServerFrame): string | Buffer {
  return frame.type === 'joined' ? toPacket(frame).frame : JSON.stringify(frame);
}

/** The bytes of frames, one after the other, in one buffer. */
export function inOne(frames: readonly (string | Buffer)[]): Buffer {
  const [only] = frames;
  if (frames.length === 1 && only instanceof Buffer) return only;
  let size = 0;
  for (const frame of frames) size += typeof frame === 'string' ? sizeOf(Buffer.byteLength(frame)) : frame.length;
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const frame of frames) {
    if (typeof frame === 'string') {
      at = begin(bytes, at, Buffer.byteLength(frame));
      at += bytes.write(frame, at);
    } else at += frame.copy(bytes, at);
  }
  return bytes;
}

function allocate(size: number): Packet {
  const frame = Buffer.allocUnsafe(sizeOf(size));
  return { frame, json: frame.subarray(begin(frame, 0, size)) };
}

/** Of a text frame with so many bytes of JSON. */
const sizeOf = (json: number) => json + (json < 126 ? 2 : json < 65536 ? 4 : 10);

/** Writes the header of a text frame; answers where its JSON begins. */
function begin(bytes: Buffer, at: number, size: number): number {
  bytes[at] = 0x81;
  if (size < 126) {
    bytes[at + 1] = size;
    return at + 2;
  }
  if (size < 65536) {
    bytes[at + 1] = 126;
    bytes.writeUInt16BE(size, at + 2);
    return at + 4;
  }
  bytes[at + 1] = 127;
  bytes.writeBigUInt64BE(BigInt(size), at + 2);
  return at + 10;
}
