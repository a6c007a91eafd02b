/** Requests over connections that stay open, as bytes: only as much of an answer is read as it takes to know where it ends. */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface Http {
  /** One request at a time. Answers the body. @throws when the status is not 200 */
  ask(request: Buffer): Promise<Buffer>;
  close(): void;
}

export function getRequest(path: string, token: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: plaza\r\nAuthorization: Bearer ${token}\r\n\r\n`);
}

export function postRequest(path: string, token: string, body: unknown): Buffer {
  const json = JSON.stringify(body);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: plaza\r\nAuthorization: Bearer ${token}\r\nAccept: application/json\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
  );
}

export async function openHttp(port: number): Promise<Http> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  let answered: ((body: Buffer) => void) | null = null;
  let failed = (_: Error) => {};
  let came: Buffer[] = [];
  let size = 0;
  let needed = 0;
  let head = 0;

  socket.on('data', (chunk) => {
    came.push(chunk);
    size += chunk.length;
    if (needed === 0) {
      const bytes = came.length === 1 ? chunk : Buffer.concat(came);
      came = [bytes];
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      const lines = bytes.toString('latin1', 0, end);
      const length = /\r\ncontent-length: (\d+)/i.exec(lines)?.[1];
      if (!lines.startsWith('HTTP/1.1 200') || length === undefined)
        return failed(new Error(`An answer of ${bytes.toString('utf8', 0, 500)}`));
      head = end + 4;
      needed = head + Number(length);
    }
    if (size < needed) return;
    const [first = chunk] = came;
    const whole = came.length === 1 ? first : Buffer.concat(came);
    came = [];
    size = needed = 0;
    answered?.(whole.subarray(head));
  });
  const lost = () => failed(new Error('The server closed the connection.'));
  socket.on('error', lost);
  socket.on('close', lost);

  return {
    ask(request) {
      return new Promise((resolve, reject) => {
        answered = resolve;
        failed = reject;
        socket.write(request);
      });
    },
    close: () => socket.destroy(),
  };
}
