/** Control frames of the server (RFC 6455 §5.5), unmasked. */

/** @param reason at most 123 bytes. @param code null for a frame that names none */
export function closeFrame(code: number | null, reason = ''): Buffer {
  if (code === null) return Buffer.from([0x88, 0]);
  const size = 2 + Buffer.byteLength(reason);
  const frame = Buffer.allocUnsafe(2 + size);
  frame[0] = 0x88;
  frame[1] = size;
  frame.writeUInt16BE(code, 2);
  frame.write(reason, 4);
  return frame;
}

/** @param payload of the ping, at most 125 bytes */
export function pongFrame(payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(2 + payload.length);
  frame[0] = 0x8a;
  frame[1] = payload.length;
  payload.copy(frame, 2);
  return frame;
}
