import { receive, type Speaker } from './receive.ts';

export interface Sent {
  opcode: number;
  payload?: Buffer | string;
  isFinal?: boolean;
  /** The three reserved bits. */
  reserved?: number;
  mask?: Buffer | null;
  /** How the length is written, if not in the shortest way. */
  lengthBytes?: 0 | 2 | 8;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/** A frame as a client sends it, or as none should. */
export function frameOf({
  opcode,
  payload = '',
  isFinal = true,
  reserved = 0,
  mask = Buffer.from([1, 2, 3, 250]),
  lengthBytes,
}: Sent): Buffer {
  const body = Buffer.from(payload);
  const wide = lengthBytes ?? (body.length < 126 ? 0 : body.length < 65536 ? 2 : 8);
  const head = Buffer.alloc(2 + wide);
  head[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (mask ? 0x80 : 0) | (wide === 0 ? body.length : wide === 2 ? 126 : 127);
  if (wide === 2) head.writeUInt16BE(body.length, 2);
  if (wide === 8) head.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([head, mask ?? Buffer.alloc(0), mask ? body.map((byte, i) => byte ^ (mask[i % 4] ?? 0)) : body]);
}

export function closePayload(code: number, reason: string | Buffer = ''): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

/** What one who listens to a client's bytes was told, each as a short line. */
export function hear(chunks: readonly Buffer[], mostBytes = 65_536): string[] {
  return listen(chunks, mostBytes).told;
}

export function listen(chunks: readonly Buffer[], mostBytes = 65_536): { told: string[]; speaker: Speaker } {
  const told: string[] = [];
  const speaker: Speaker = {
    unfinished: null,
    isDone: false,
    text: (data) => told.push(`text ${data}`),
    binary: () => told.push('binary'),
    ping: (payload) => told.push(`ping ${payload.toString('hex')}`),
    pong: () => told.push('pong'),
    goodbye: (code) => told.push(`goodbye ${code}`),
    fault: (fault) => told.push(`fault ${fault}`),
  };
  // Received bytes are changed; each run has its own.
  for (const chunk of chunks) if (!speaker.isDone) receive(speaker, Buffer.from(chunk), mostBytes);
  return { told, speaker };
}
