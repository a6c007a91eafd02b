/**
 * What clients send, by RFC 6455 §5 without extensions. Nearly every chunk holds exactly one small frame; then nothing is
 * kept and nothing is made but the text itself.
 */
import { isUtf8 } from 'node:buffer';

/** How a connection that broke the protocol ends, by §7.4.1: broken, not UTF-8, too large. */
export type Fault = 1002 | 1007 | 1009;

/** One whose bytes are received: what is kept of it between chunks, and who is told of what it said. */
export interface Speaker {
  /** The receiver's own; null nearly always. */
  unfinished: Unfinished | null;
  /** It said goodbye or broke the protocol: nothing more of it is looked at. */
  isDone: boolean;
  text(data: string): void;
  binary(): void;
  /** @param payload to be sent back */
  ping(payload: Buffer): void;
  pong(): void;
  /** @param code null when it named none */
  goodbye(code: number | null): void;
  fault(fault: Fault): void;
}

/** A frame that has not come wholly, and the message whose first fragments have. */
class Unfinished {
  rest: Pile | null = null;
  /** Bytes of `rest` that are needed before it is worth another look. */
  needed = 0;
  /** `text` or `binary` while a message in fragments is under way. */
  opcode: typeof text | typeof binary | null = null;
  message: Pile | null = null;
}

/** Bytes that come bit by bit, in room that doubles, so that many small bits do not cost more than few large ones. */
class Pile {
  #room = Buffer.allocUnsafeSlow(256);
  size = 0;

  add(bytes: Buffer, from: number, to: number): void {
    const size = this.size + to - from;
    if (size > this.#room.length) {
      const room = Buffer.allocUnsafeSlow(Math.max(size, this.#room.length * 2));
      this.#room.copy(room, 0, 0, this.size);
      this.#room = room;
    }
    bytes.copy(this.#room, this.size, from, to);
    this.size = size;
  }
  bytes(): Buffer {
    return this.#room.subarray(0, this.size);
  }
}

const continuation = 0;
const text = 1;
const binary = 2;
const close = 8;
const ping = 9;
const pong = 10;
/** Of a control frame. */
const mostOfControl = 125;

/**
 * Looks at what came next of a client and tells of each message and control frame in it, in order. Changes the bytes.
 * @param mostBytes of a message; a larger one is a fault as soon as its length is known
 */
export function receive(speaker: Speaker, chunk: Buffer, mostBytes: number): void {
  let bytes = chunk;
  const rest = speaker.unfinished?.rest;
  if (rest) {
    rest.add(chunk, 0, chunk.length);
    if (rest.size < (speaker.unfinished?.needed ?? 0)) return;
    bytes = rest.bytes();
    tidy(speaker);
  }
  for (let at = 0; at < bytes.length && !speaker.isDone; ) {
    const end = frame(speaker, bytes, at, mostBytes);
    if (end > bytes.length) return keep(speaker, bytes, at, end - at);
    at = end;
  }
}

/** One frame that begins there. Answers where it ends; past the bytes when more are needed, at least up to there. */
function frame(speaker: Speaker, bytes: Buffer, at: number, mostBytes: number): number {
  if (bytes.length - at < 2) return at + 2;
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  const opcode = first & 15;
  const isFinal = first >= 128;
  const under = speaker.unfinished?.opcode ?? null;
  let size = second & 127;
  if ((first & 0x70) !== 0 || second < 128 || !isExpected(opcode, isFinal, size, under)) return broken(speaker, 1002);
  let from = at + 6;
  if (size === 126) {
    if (bytes.length < at + 4) return at + 4;
    size = bytes.readUInt16BE(at + 2);
    from += 2;
  } else if (size === 127) {
    if (bytes.length < at + 10) return at + 10;
    size = bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
    from += 8;
  }
  if (opcode < close && size + (speaker.unfinished?.message?.size ?? 0) > mostBytes) return broken(speaker, 1009);
  const end = from + size;
  if (bytes.length < end) return end;
  const isAscii = unmask(bytes, from, end);
  if (opcode >= close) control(speaker, opcode, bytes, from, end);
  else if (!isFinal || opcode === continuation) fragment(speaker, opcode, isFinal, bytes, from, end);
  else message(speaker, opcode, bytes, from, end, isAscii);
  return end;
}

/** @param under the opcode of the message whose fragments are coming */
function isExpected(opcode: number, isFinal: boolean, size: number, under: number | null): boolean {
  if (opcode === text || opcode === binary) return under === null;
  if (opcode === continuation) return under !== null;
  return isFinal && size <= mostOfControl && (opcode === ping || opcode === pong || (opcode === close && size !== 1));
}

/** Answers whether all of it is ASCII, which most is, and which is read several times as fast. */
function unmask(bytes: Buffer, from: number, to: number): boolean {
  const a = bytes[from - 4] ?? 0;
  const b = bytes[from - 3] ?? 0;
  const c = bytes[from - 2] ?? 0;
  const d = bytes[from - 1] ?? 0;
  let bits = 0;
  let i = from;
  for (; i + 3 < to; i += 4) {
    bits |= bytes[i] = (bytes[i] ?? 0) ^ a;
    bits |= bytes[i + 1] = (bytes[i + 1] ?? 0) ^ b;
    bits |= bytes[i + 2] = (bytes[i + 2] ?? 0) ^ c;
    bits |= bytes[i + 3] = (bytes[i + 3] ?? 0) ^ d;
  }
  if (i < to) bits |= bytes[i] = (bytes[i] ?? 0) ^ a;
  if (i + 1 < to) bits |= bytes[i + 1] = (bytes[i + 1] ?? 0) ^ b;
  if (i + 2 < to) bits |= bytes[i + 2] = (bytes[i + 2] ?? 0) ^ c;
  return bits < 128;
}

function message(speaker: Speaker, opcode: number, bytes: Buffer, from: number, to: number, isAscii: boolean): void {
  if (opcode === binary) speaker.binary();
  else if (isAscii) speaker.text(bytes.toString('latin1', from, to));
  else if (isUtf8(bytes.subarray(from, to))) speaker.text(bytes.toString('utf8', from, to));
  else broken(speaker, 1007);
}

/** Gathers a message that comes in several frames. */
function fragment(speaker: Speaker, opcode: number, isFinal: boolean, bytes: Buffer, from: number, to: number): void {
  speaker.unfinished ??= new Unfinished();
  const { unfinished } = speaker;
  if (opcode === text || opcode === binary) unfinished.opcode = opcode;
  unfinished.message ??= new Pile();
  unfinished.message.add(bytes, from, to);
  if (!isFinal) return;
  const whole = unfinished.message.bytes();
  const kind = unfinished.opcode ?? text;
  unfinished.opcode = unfinished.message = null;
  tidy(speaker);
  message(speaker, kind, whole, 0, whole.length, false);
}

function control(speaker: Speaker, opcode: number, bytes: Buffer, from: number, to: number): void {
  if (opcode === ping) speaker.ping(bytes.subarray(from, to));
  else if (opcode === pong) speaker.pong();
  else if (from === to) goodbye(speaker, null);
  else if (!isCloseCode(bytes.readUInt16BE(from))) broken(speaker, 1002);
  else if (!isUtf8(bytes.subarray(from + 2, to))) broken(speaker, 1007);
  else goodbye(speaker, bytes.readUInt16BE(from));
}

/** Those that may be sent (§7.4 and its registry): not those which only stand for something in a program. */
function isCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999);
}

function goodbye(speaker: Speaker, code: number | null): void {
  speaker.isDone = true;
  speaker.unfinished = null;
  speaker.goodbye(code);
}

function broken(speaker: Speaker, fault: Fault): 0 {
  speaker.isDone = true;
  speaker.unfinished = null;
  speaker.fault(fault);
  return 0;
}

function keep(speaker: Speaker, bytes: Buffer, from: number, needed: number): void {
  speaker.unfinished ??= new Unfinished();
  speaker.unfinished.rest = new Pile();
  speaker.unfinished.rest.add(bytes, from, bytes.length);
  speaker.unfinished.needed = needed;
}

/** Nothing is kept of those who finished what they began. */
function tidy(speaker: Speaker): void {
  if (!speaker.unfinished) return;
  speaker.unfinished.rest = null;
  if (speaker.unfinished.opcode === null) speaker.unfinished = null;
}
