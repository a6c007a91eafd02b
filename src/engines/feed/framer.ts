/** Takes one message of the server: its code and where its content stands. The bytes stay valid for as long as they are held. */
export type TakeMessage = (code: number, bytes: Buffer, start: number, end: number) => void;

const headerBytes = 5;

/**
 * Cuts a socket's chunks into PostgreSQL's messages (code, length, content). A message that lies within one chunk is
 * given as a part of it; one that is spread over several is gathered into a buffer of its own.
 *
 * `pg`'s own parser is not used for the stream because it moves bytes within a buffer of which it has already given
 * slices away, and a transaction's events are held until it commits.
 */
export function createFramer(take: TakeMessage): (chunk: Buffer) => void {
  const header = Buffer.alloc(headerBytes);
  let headerFilled = 0;
  let content: Buffer | null = null;
  let contentFilled = 0;

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (content) {
        const copied = chunk.copy(content, contentFilled, at);
        at += copied;
        contentFilled += copied;
        if (contentFilled < content.length) return;
        const whole = content;
        content = null;
        take(header.readUInt8(0), whole, 0, whole.length);
      } else if (headerFilled === 0 && chunk.length - at >= headerBytes) {
        const length = contentLength(chunk, at);
        const start = at + headerBytes;
        if (start + length <= chunk.length) {
          at = start + length;
          take(chunk.readUInt8(start - headerBytes), chunk, start, at);
        } else {
          at += chunk.copy(header, 0, at, start);
          content = Buffer.allocUnsafe(length);
          contentFilled = 0;
        }
      } else {
        const copied = chunk.copy(header, headerFilled, at, at + headerBytes - headerFilled);
        at += copied;
        headerFilled += copied;
        if (headerFilled < headerBytes) return;
        headerFilled = 0;
        const length = contentLength(header, 0);
        if (length === 0) take(header.readUInt8(0), header, headerBytes, headerBytes);
        else {
          content = Buffer.allocUnsafe(length);
          contentFilled = 0;
        }
      }
    }
  };
}

/** The length on the wire counts its own four bytes. */
function contentLength(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at + 1) - 4;
  if (length < 0) throw new Error('The database sent a message of impossible length.');
  return length;
}
