/**
 * Readers that cost little: one process in C holds thousands of sockets, plays an opening to each, and looks for marks
 * in what comes (`mark` in openLoop.ts). It knows no protocol but WebSocket's frames.
 */

/** One act of the opening of a socket, in order. */
export type Step =
  | { send: string | Buffer }
  /** Waits until these bytes came, somewhere after what was awaited before. */
  | { await: string };

export interface Reader {
  port: number;
  opening: readonly Step[];
  /** Numbers (0 … 65,535) of the channels it must hear; channel 0 unless told. */
  channels?: readonly number[];
}

export interface SinkOptions {
  /** With `websocket` pings are answered, and `answers` are to whole text frames; with `raw`, to bytes anywhere. */
  framing: 'websocket' | 'raw';
  /** `send` is put on the wire as it is: mask frames with `clientFrame`. */
  answers?: readonly { on: string; send: string | Buffer }[];
  /** Sent by every socket each so many seconds, spread over time. */
  every?: { seconds: number; send: string | Buffer };
  /** A mark's k is the channel's number times 2^this and the message's number in the channel, from 0. 32 unless told: one channel. */
  sequenceBits?: number;
  /** Openings under way at once; 256 unless told. */
  openingAtOnce?: number;
}

export interface Heard {
  /** Marks of this run found, warm-up included. */
  deliveries: number;
  /** Of messages that were sent, by `sent`, and did not come. */
  lost: number;
  doubled: number;
  reordered: number;
  /** Marks of channels that the socket is not in. */
  strays: number;
  /** Sockets that the server closed. */
  cut: number;
  /** Bytes read. */
  bytes: number;
  /** Reads that found something. */
  reads: number;
  /** From due to read, of the marks due at or after `from`. */
  latency: Latency;
  /** CPU of the sink itself during the run, in microseconds. */
  cpuMicros: number;
}

export interface Latency {
  count: number;
  /** In milliseconds, within 1.6 %. */
  quantile(share: number): number;
  most: number;
}

export interface Sink {
  pid: number;
  /** Opens these sockets too; resolves when all have played their opening. @throws when one was refused or cut, with what it last heard */
  open(readers: readonly Reader[]): Promise<void>;
  /** A run begins: all counts from 0, sequences too. Latencies count of what is due at or after `from`. */
  begin(from: bigint): Promise<void>;
  /**
   * The run is over: waits until every reader has all of what was sent, at most so many seconds, and tells what was heard.
   * @param sent messages of each channel, by its number
   */
  end(sent: ReadonlyMap<number, number>, patienceSeconds?: number): Promise<Heard>;
  /** Sends this on every socket once. */
  sendAll(bytes: Buffer): Promise<void>;
  /** Cuts all sockets at once, without a farewell. */
  cutAll(): Promise<void>;
  close(): Promise<void>;
}

/** Compiles it where that has not been done, and starts it. @throws when there is no C compiler */
export async function startSink(_options: SinkOptions): Promise<Sink> {
  throw new Error('to come');
}

/** A text frame as a client sends it, masked with zeros, which is allowed and leaves the text as it is. */
export function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const long = payload.length > 125;
  const frame = Buffer.alloc((long ? 8 : 6) + payload.length);
  frame[0] = 0x81;
  frame[1] = 0x80 | (long ? 126 : payload.length);
  if (long) frame.writeUInt16BE(payload.length, 2);
  payload.copy(frame, frame.length - payload.length);
  return frame;
}

/** What asks for a WebSocket. */
export function upgradeRequest(port: number, path: string, headers: { [name: string]: string } = {}): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** How a reader comes into Plaza: hello, and the channels it opens, each awaited. */
export function plazaOpening({ port, token, channels = [] }: { port: number; token: string; channels?: readonly string[] }): Step[] {
  return [
    { send: upgradeRequest(port, '/socket', { 'Sec-WebSocket-Protocol': 'plaza.v1' }) },
    { await: '\r\n\r\n' },
    { send: clientFrame(JSON.stringify({ type: 'hello', token })) },
    { await: '{"type":"ready"' },
    ...channels.flatMap((channel): Step[] => [
      { send: clientFrame(JSON.stringify({ type: 'join', id: channel, channel })) },
      { await: '"type":"joined"' },
    ]),
  ];
}
