/**
 * Readers that cost little: one process in C holds thousands of sockets, plays an opening to each, and looks for marks
 * in what comes (`mark` in openLoop.ts). It knows no protocol but WebSocket's frames.
 */
import { join } from 'node:path';
import { type Answer, bytes, startNative, u8, u16, u32, u64 } from './native.ts';

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
  /** Its opening begins so long after the call; 0 unless told. */
  delayMillis?: number;
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
  /** Times that a socket said how far it has read. */
  told: number;
  /** From due to read, of the marks due at or after `from`. */
  latency: Latency;
  /** When the last message came, by `process.hrtime.bigint()`. */
  lastAt: bigint;
  /** CPU of the sink itself during the run, in microseconds. */
  cpuMicros: number;
}

export interface Latency {
  count: number;
  /** In milliseconds, within 1.6 %. */
  quantile(share: number): number;
  most: number;
}

/** How sockets say how far they have read: a text frame of `before`, the channel's name, `middle`, the number, `after`. */
export interface Reading {
  /** Each socket says it of one of its channels that moved, once in so many seconds. */
  everySeconds: number;
  before: string;
  middle: string;
  after: string;
  /** By the channels' numbers. `base`: the last message's number before the run. */
  channels: readonly { name: string; base: number }[];
}

export interface Sink {
  pid: number;
  /** Opens these sockets too; resolves when all have played their opening. @throws when one was refused or cut, with what it last heard */
  open(readers: readonly Reader[]): Promise<void>;
  /** A run begins: all counts from 0, sequences too. Latencies count of what is due at or after `from`. */
  begin(from: bigint): Promise<void>;
  /**
   * The run is over: waits until every reader has all of what was sent, or nothing came for so many seconds, and tells
   * what was heard.
   * @param sent messages of each channel, by its number
   */
  end(sent: ReadonlyMap<number, number>, patienceSeconds?: number): Promise<Heard>;
  /** From now on sockets say how far they have read; with none, no longer. */
  reading(how: Reading | null): Promise<void>;
  /** Sends this on every socket once. */
  sendAll(bytes: Buffer): Promise<void>;
  /** Cuts all sockets at once, without a farewell. */
  cutAll(): Promise<void>;
  close(): Promise<void>;
}

/** Compiles it where that has not been done, and starts it. @throws when there is no C compiler */
export async function startSink({
  framing,
  answers = [],
  every = { seconds: 0, send: '' },
  sequenceBits = 32,
  openingAtOnce = 256,
}: SinkOptions): Promise<Sink> {
  const sink = startNative(join(import.meta.dirname, 'sink.c'));
  async function ask(letter: string, parts: readonly Buffer[], what: string, seconds?: number): Promise<Answer> {
    sink.tell(letter, parts);
    return await sink.hear(what, seconds);
  }
  const settings = [
    u8(framing === 'websocket' ? 1 : 0),
    u8(sequenceBits),
    u32(openingAtOnce),
    u32(every.seconds * 1000),
    bytes(every.send),
    u32(answers.length),
    ...answers.flatMap(({ on, send }) => [bytes(on), bytes(send)]),
  ];
  await ask('C', settings, 'that it is up');
  return {
    pid: sink.pid,
    async open(readers) {
      if (readers.length === 0) return;
      // The sink begins them in order.
      const inTime = readers.toSorted((a, b) => (a.delayMillis ?? 0) - (b.delayMillis ?? 0));
      await ask('O', [u32(readers.length), ...inTime.flatMap(readerBytes)], `that ${readers.length} readers are in`, openSeconds);
    },
    async begin(from) {
      await ask('B', [u64(from)], 'that a run has begun');
    },
    async end(sent, patienceSeconds = 10) {
      const counts = [...sent].flatMap(([channel, count]) => [u16(channel), u32(count)]);
      const parts = [u32(patienceSeconds * 1000), u32(sent.size), ...counts];
      return toHeard(await ask('E', parts, 'what was heard', patienceSeconds + endSeconds));
    },
    async reading(how) {
      const { everySeconds, before, middle, after, channels } = how ?? noReading;
      const named = channels.flatMap(({ name, base }) => [bytes(name), u32(base)]);
      const parts = [u32(everySeconds * 1000), bytes(before), bytes(middle), bytes(after), u32(channels.length), ...named];
      await ask('R', parts, 'that it knows how to tell what is read');
    },
    async sendAll(all) {
      await ask('A', [bytes(all)], 'that all have sent');
    },
    async cutAll() {
      await ask('X', [], 'that all are cut');
    },
    close: sink.close,
  };
}

/** The sink itself fails when no reader comes in for a minute; a server that is slow lets in some. */
const openSeconds = 600;
/** A server that has fallen behind takes its time until all is delivered. */
const endSeconds = 300;
const noReading: Reading = { everySeconds: 0, before: '', middle: '', after: '', channels: [] };

function readerBytes({ port, opening, channels = [0], delayMillis = 0 }: Reader): Buffer[] {
  return [
    u16(port),
    u32(delayMillis),
    u16(channels.length),
    ...channels.map(u16),
    u16(opening.length),
    ...opening.flatMap((step) => ('send' in step ? [u8(0), bytes(step.send)] : [u8(1), bytes(step.await)])),
  ];
}

function toHeard(answer: Answer): Heard {
  const count = (name: string) => Number(answer[name]);
  const buckets = (answer['buckets'] as [bucket: number, count: number][]).map(([bucket, n]) => ({ upTo: upperMicros(bucket), n }));
  return {
    deliveries: count('deliveries'),
    lost: count('lost'),
    doubled: count('doubled'),
    reordered: count('reordered'),
    strays: count('strays'),
    cut: count('cut'),
    bytes: count('bytes'),
    reads: count('reads'),
    told: count('told'),
    lastAt: BigInt(String(answer['lastAt'])),
    cpuMicros: count('cpuMicros'),
    latency: latencyOf(buckets, count('most') / 1e6),
  };
}

/** Of counts by upper ends in microseconds, in order. */
function latencyOf(buckets: readonly { upTo: number; n: number }[], most: number): Latency {
  const count = buckets.reduce((sum, { n }) => sum + n, 0);
  return {
    count,
    most,
    quantile(share) {
      let left = Math.ceil(share * count);
      for (const { upTo, n } of buckets) {
        left -= n;
        if (left <= 0) return upTo / 1000;
      }
      return 0;
    },
  };
}

/** The upper end of a bucket: 64 to an octave, as in sink.c. */
export function upperMicros(bucket: number): number {
  if (bucket < 64) return bucket + 1;
  const octave = Math.floor(bucket / 64) - 1;
  return (bucket - octave * 64 + 1) * 2 ** octave;
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
