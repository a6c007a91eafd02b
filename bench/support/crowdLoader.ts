/**
 * Many listeners in one process, told what to do by `crowd.ts`: raw sockets that read just enough of each frame to know
 * that they are live and that nothing is lost, so that they cost far less than what they load.
 */
import { connect, type Socket } from 'node:net';
import { subprotocol } from '../../contracts/wire.ts';
import { createFrameReader } from './frameReader.ts';
import { createMarkCheck, type MarkCheck } from './markCheck.ts';
import { clientFrame } from './sink.ts';

export interface Member {
  host: string;
  port: number;
  token: string;
  /** The channels it opens. */
  channels: readonly string[];
}

export type Order =
  | { do: 'hold'; members: readonly Member[] }
  /**
   * This share of them comes, or comes back, each after a share of `jitterMs` between half of it and all, and pings every
   * `beatMs` from then on; answered when they are live.
   */
  | { do: 'come'; share: number; jitterMs: number; beatMs: number }
  /** Every socket is gone at once, without a farewell. */
  | { do: 'cut' }
  /** From now on the marks of these numbers are expected of every channel. */
  | { do: 'expect'; first: number; count: number }
  | { do: 'count' };

export interface Counted {
  open: number;
  live: number;
  /** Times that one was cut off, or did not get in, and tried again. */
  again: number;
  /** Milliseconds from the order to come until each of these shares of them was live. */
  liveMs: { half: number; most: number; all: number };
  lost: number;
  doubled: number;
  reordered: number;
  bytes: number;
  frames: number;
  problems: string[];
}

/** Who is cut off comes again after between half of this and all of it. */
const againMs = 1000;

interface Listener {
  member: Member;
  place: number;
  socket: Socket | null;
  beat: NodeJS.Timeout | null;
  /** Channels that still have to answer that they are open. */
  toOpen: number;
  isLive: boolean;
  versions: Map<string, number>;
  marks: MarkCheck;
}

const listeners: Listener[] = [];
const problems = new Map<string, number>();
let epoch: string | null = null;
let startedAt = 0;
let liveAt: number[] = [];
let wanted = 0;
let whenAllLive = () => {};
let beatMs = 0;
let again = 0;
let bytes = 0;
let frames = 0;

const text = (payload: Buffer, from: number, to: number) => payload.toString('latin1', from, to);

const ping = clientFrame('{"type":"ping"}');

function problem(what: string): void {
  problems.set(what, (problems.get(what) ?? 0) + 1);
}

function comeNow(listener: Listener): void {
  const { host, port, token, channels } = listener.member;
  listener.toOpen = channels.length;
  // One address has room for some 28,000 connections to one port.
  const socket = connect({ host, port, localAddress: `127.0.0.${2 + (listener.place % 8)}`, noDelay: true });
  listener.socket = socket;
  let isUpgraded = false;
  const read = createFrameReader((payload) => heard(listener, payload));
  socket.on('connect', () => {
    const back = epoch !== null && listener.versions.size > 0;
    const places = channels.map((channel) => ({ channel, version: listener.versions.get(channel) ?? 0 }));
    const key = Buffer.from(`plaza bench ${String(listener.place).padStart(4, '0').slice(-4)}`).toString('base64');
    const frames = [clientFrame(JSON.stringify({ type: 'hello', token, ...(back && { resume: { epoch, places } }) }))];
    if (!back) for (const channel of channels) frames.push(clientFrame(JSON.stringify({ type: 'join', id: channel, channel })));
    socket.cork();
    socket.write(
      `GET /socket HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`,
    );
    for (const frame of frames) socket.write(frame);
    socket.uncork();
  });
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    if (isUpgraded) return read(chunk);
    const end = chunk.indexOf('\r\n\r\n');
    const status = text(chunk, 9, 12);
    if (end < 0 || status !== '101') return problem(`answered ${status}`);
    isUpgraded = true;
    if (chunk.length > end + 4) read(chunk.subarray(end + 4));
  });
  socket.on('error', (error) => {
    if (listener.socket === socket) problem(error.message.replace(/127\.0\.0\.\d+:?\d*|:\d+/g, ''));
  });
  socket.on('close', () => {
    if (listener.socket !== socket) return;
    again++;
    listener.socket = null;
    setTimeout(comeNow, againMs * (0.5 + Math.random() / 2), listener);
  });
}

/** The type of a frame stands at the same place in each: `{"type":"…`. */
function heard(listener: Listener, payload: Buffer): void {
  frames++;
  const type = text(payload, 9, 13);
  if (type === 'read') {
    epoch ??= JSON.parse(payload.toString()).epoch;
    if (listener.toOpen === 0) live(listener);
  } else if (type === 'join') opened(listener, payload);
  else if (type === 'even') {
    listener.marks.scan(payload);
    moved(listener, payload);
  } else if (type === 'erro' || type === 'bye"') problem(/"code":"\w+"/.exec(payload.toString())?.[0] ?? type);
}

function opened(listener: Listener, payload: Buffer): void {
  // The frame's own id is the channel, and its version stands before the messages.
  const { channel, version, gap, since } = headOf(payload);
  if (gap) problem('more was missed than one answer holds');
  listener.versions.set(channel, version);
  if (since) listener.marks.scan(payload);
  if (--listener.toOpen === 0) live(listener);
}

function headOf(payload: Buffer): { channel: string; version: number; gap: boolean; since: boolean } {
  const at = payload.indexOf('"messages":[');
  const head = payload.toString('utf8', 0, at);
  const version = Number(/"version":(\d+),"number":\d+,"read"/.exec(head)?.[1] ?? 0);
  const channel = /"channel":\{"id":"(\d+)"/.exec(head)?.[1] ?? '';
  return { channel, version, gap: payload.indexOf('"gap":true', payload.length - 100) >= 0, since: head.includes('"since":') };
}

/** Where the channel stands after these events: the last version in the frame that is followed by who did it. */
function moved(listener: Listener, payload: Buffer): void {
  const end = payload.indexOf('"', 29);
  const channel = payload.toString('latin1', 28, end);
  const at = payload.lastIndexOf('"version":', payload.lastIndexOf('"by":'));
  const version = Number.parseInt(text(payload, at + 10, at + 20), 10);
  if (listener.versions.has(channel)) listener.versions.set(channel, version);
}

function live(listener: Listener): void {
  if (listener.isLive) return;
  listener.isLive = true;
  if (listener.beat) clearTimeout(listener.beat);
  // In its own time, so that they are spread evenly.
  listener.beat = setTimeout(beat, Math.random() * beatMs, listener);
  liveAt.push(performance.now() - startedAt);
  if (liveAt.length === wanted) whenAllLive();
}

async function follow(order: Order): Promise<Counted> {
  if (order.do === 'hold') {
    for (const [i, member] of order.members.entries()) {
      listeners.push({
        member,
        place: i,
        socket: null,
        beat: null,
        toOpen: 0,
        isLive: false,
        versions: new Map(),
        marks: createMarkCheck(),
      });
    }
  } else if (order.do === 'come') {
    liveAt = [];
    beatMs = order.beatMs;
    startedAt = performance.now();
    const all = new Promise<void>((resolve) => {
      whenAllLive = resolve;
    });
    const coming = listeners.slice(0, Math.ceil(listeners.length * order.share));
    wanted = coming.length;
    for (const listener of listeners) listener.isLive = false;
    for (const listener of coming) setTimeout(comeNow, order.jitterMs * (0.5 + Math.random() / 2), listener);
    if (wanted > 0) await all;
  } else if (order.do === 'cut') {
    for (const listener of listeners) {
      const { socket } = listener;
      if (listener.beat) clearTimeout(listener.beat);
      listener.socket = listener.beat = null;
      socket?.resetAndDestroy();
    }
  } else if (order.do === 'expect') {
    for (const { marks } of listeners) marks.expect(order.first, order.count);
  }
  return count();
}

function beat(listener: Listener): void {
  listener.socket?.write(ping);
  listener.beat = setTimeout(beat, beatMs, listener);
}

function count(): Counted {
  const at = (share: number) => liveAt[Math.ceil(liveAt.length * share) - 1] ?? 0;
  const marks = listeners.map((listener) => listener.marks.counts());
  const sum = (key: 'lost' | 'doubled' | 'reordered') => marks.reduce((total, each) => total + each[key], 0);
  return {
    open: listeners.filter(({ socket }) => socket !== null).length,
    live: liveAt.length,
    again,
    liveMs: { half: at(0.5), most: at(0.99), all: at(1) },
    lost: sum('lost'),
    doubled: sum('doubled'),
    reordered: sum('reordered'),
    bytes,
    frames,
    problems: [...problems].map(([what, times]) => `${times} × ${what}`),
  };
}

let last = Promise.resolve();
process.on('message', ({ id, order }: { id: number; order: Order }) => {
  if (order.do === 'count' || order.do === 'cut') void follow(order).then((counted) => process.send?.({ id, counted }));
  else last = last.then(() => follow(order)).then((counted) => void process.send?.({ id, counted }));
});
process.once('disconnect', () => process.exit());
