import { limits } from '../../../contracts/wire.ts';

export interface SocketSettings {
  /** Other origins than the server's own from which browsers may connect, as `https://host:port`; `*` for all. */
  allowedOrigins: readonly string[];
  /** Seconds without a frame after which a socket is let go. */
  silenceSeconds: number;
  /** Seconds that a new connection has for its `hello`. */
  helloSeconds: number;
  /** Bytes that may wait for a client; a slower one is cut off (L10). */
  slowBytes: number;
  /** Seconds that a client which was told to go has to read why. */
  graceSeconds: number;
  /** Requests of one connection that run at once; the next ones are not read. */
  outstanding: number;
  joins: number;
  frameBytes: number;
  framesPerSecond: number;
  framesBurst: number;
  /** Seconds that a long poll waits for something to happen. */
  pollSeconds: number;
  /** Seconds between signs of life on server-sent events. */
  beatSeconds: number;
  /** Seconds that somebody may be without a connection and still count as online. */
  presenceGraceSeconds: number;
  /** Each process repeats so often who is online with it … */
  presenceRepeatSeconds: number;
  /** … and who was not heard of for so long is offline: the process died. */
  presenceLostSeconds: number;
}

export const defaultSocketSettings: SocketSettings = {
  allowedOrigins: [],
  silenceSeconds: 100,
  helloSeconds: 10,
  slowBytes: 1024 * 1024,
  graceSeconds: 5,
  outstanding: 32,
  joins: limits.joins,
  frameBytes: limits.frameBytes,
  framesPerSecond: limits.framesPerSecond,
  framesBurst: limits.framesBurst,
  pollSeconds: 25,
  beatSeconds: 15,
  presenceGraceSeconds: 5,
  presenceRepeatSeconds: 30,
  presenceLostSeconds: 75,
};
