/**
 * Cuts a stream of bytes from a server into the payloads of its WebSocket frames (RFC 6455 §5.2; a server's are not
 * masked). A payload is good until the call returns.
 */
export function createFrameReader(payload: (bytes: Buffer) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let size = 0;
  let needed = 2;

  return (chunk) => {
    let rest = chunk;
    if (size > 0) {
      parts.push(chunk);
      size += chunk.length;
      if (size < needed) return;
      rest = Buffer.concat(parts);
    }
    let at = 0;
    for (;;) {
      needed = lengthOf(rest, at);
      if (rest.length - at < needed) break;
      const length = rest.readUInt8(at + 1) & 127;
      const header = length < 126 ? 2 : length === 126 ? 4 : 10;
      payload(rest.subarray(at + header, at + needed));
      at += needed;
    }
    size = rest.length - at;
    // A copy, so that a few bytes do not keep a whole chunk.
    parts = size > 0 ? [Buffer.from(rest.subarray(at))] : [];
  };
}

/** Bytes of the frame that begins there, header and all, as far as can be told yet. */
function lengthOf(bytes: Buffer, at: number): number {
  const left = bytes.length - at;
  if (left < 2) return 2;
  const length = bytes.readUInt8(at + 1) & 127;
  if (length < 126) return 2 + length;
  if (length === 126) return left < 4 ? 4 : 4 + bytes.readUInt16BE(at + 2);
  return left < 10 ? 10 : 10 + Number(bytes.readBigUInt64BE(at + 2));
}
