import { Client, type ClientConfig } from 'pg';
import { createDecoder, type Decoded } from './decoder.ts';
import { createFramer } from './framer.ts';
import { formatLsn, type Lsn } from './lsn.ts';

/** How often the server hears how far we are and is asked to answer. */
const statusMillis = 3_000;
/** After so many of them without a byte from the server it is taken for dead. Counted, so that a process that was itself held up does not blame the server. */
const silentStatuses = 10;
/** The server lets go of us after this silence, and itself speaks up after half of it even in the midst of a huge transaction. */
const senderTimeout = '20s';

/** A connection that speaks SQL until `stream` turns it into a stream of the write-ahead log. */
export interface Replication {
  /** PostgreSQL's process that serves us. */
  pid(): number;
  /** Simple protocol: text in, text out, no parameters. */
  query(sql: string): Promise<Record<string, string | null>[]>;
  /** Reads a slot from `from` on until the stream is closed (then it resolves) or breaks (then it rejects). */
  stream(slot: string, from: Lsn, to: StreamHandlers): Promise<void>;
  close(): void;
}

export interface StreamHandlers extends Omit<Decoded, 'asked'> {
  /** The server has begun. Called before anything else. */
  started(stream: Stream): void;
}

export interface Stream {
  /** All before this place needs not be sent again. Told to the server in time. */
  confirm(lsn: Lsn): void;
  /** Stops reading; the server waits, and keeps what it has to send. */
  pause(): void;
  resume(): void;
  /** Tells the server how far we came and lets go of the slot. Nothing more is given. */
  close(): void;
}

/** @throws what `pg` throws; when `signal` aborts, the connection is cut at once */
export async function openReplication(url: string, name: string, signal: AbortSignal): Promise<Replication> {
  signal.throwIfAborted();
  const config: ClientConfig & { replication: 'database' } = {
    connectionString: url,
    replication: 'database',
    application_name: name,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
  const client = new Client(config);
  const close = () => {
    signal.removeEventListener('abort', close);
    client.connection.stream.destroy();
  };
  signal.addEventListener('abort', close);
  // Whatever is under way fails with the same error and tells it; here it must only not be left unheard.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(`set wal_sender_timeout = '${senderTimeout}'`);
  } catch (error) {
    close();
    throw error;
  }
  return {
    pid: () => Number('processID' in client ? client.processID : 0),
    query: async (sql) => (await client.query<Record<string, string | null>>(sql)).rows,
    stream: (slot, from, to) => readStream(client, close, slot, from, to),
    close,
  };
}

const code = (letter: string) => letter.charCodeAt(0);
const copyBoth = code('W');
const copyData = code('d');
const copyDone = code('c');
const errorResponse = code('E');

function readStream(client: Client, cut: () => void, slot: string, from: Lsn, to: StreamHandlers): Promise<void> {
  const socket = client.connection.stream;
  let confirmed = from;
  let closing = false;
  let paused = false;
  let heard = true;
  let silent = 0;

  return new Promise((resolve, reject) => {
    let cause: Error | null = null;
    const breakOff = (error: unknown) => {
      cause ??= error instanceof Error ? error : new Error(String(error));
      cut();
    };
    const tell = (askBack: boolean) => {
      if (!closing && !cause) socket.write(statusMessage(confirmed, askBack));
    };
    const timer = setInterval(() => {
      silent = heard || paused ? 0 : silent + 1;
      heard = false;
      if (silent >= silentStatuses) breakOff(new Error('The database has been silent for too long.'));
      else tell(true);
    }, statusMillis);

    const stream: Stream = {
      confirm(lsn) {
        if (lsn > confirmed) confirmed = lsn;
      },
      pause() {
        paused = true;
        socket.pause();
      },
      resume() {
        paused = false;
        socket.resume();
      },
      close() {
        if (closing) return;
        tell(false);
        closing = true;
        socket.end();
        // The server's farewell is read and passed over; one that does not come is not waited for.
        socket.resume();
        setTimeout(cut, 1_000).unref();
      },
    };
    const decode = createDecoder({ ...to, asked: () => tell(false) });
    const frame = createFramer((kind, bytes, start, end) => {
      // What came in the same chunk behind the end is not ours any more.
      if (closing || cause) return;
      if (kind === copyData) decode(bytes, start, end);
      else if (kind === copyBoth) to.started(stream);
      else if (kind === errorResponse) breakOff(serverError(bytes, start, end));
      else if (kind === copyDone) breakOff(new Error('The database ended the stream.'));
    });

    // From here on the socket is ours: nothing is under way on it, so pg's parser holds nothing back.
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => {
      heard = true;
      try {
        frame(chunk);
      } catch (error) {
        breakOff(error);
      }
    });
    socket.on('error', breakOff);
    socket.on('close', () => {
      clearInterval(timer);
      cut();
      if (closing) resolve();
      else reject(cause ?? new Error('The connection to the database was lost.'));
    });
    client.connection.query(
      `START_REPLICATION SLOT "${slot}" LOGICAL ${formatLsn(from)} (proto_version '1', publication_names 'plaza_feed', messages 'true')`,
    );
  });
}

/** Microseconds between 1970 and PostgreSQL's epoch, 2000-01-01. */
const postgresEpoch = 946_684_800_000_000n;

/** "Standby status update" within CopyData: written, flushed and applied up to here. */
function statusMessage(lsn: Lsn, askBack: boolean): Buffer {
  const bytes = Buffer.alloc(39);
  bytes.writeUInt8(copyData, 0);
  bytes.writeUInt32BE(38, 1);
  bytes.writeUInt8(code('r'), 5);
  for (const at of [6, 14, 22]) bytes.writeBigUInt64BE(lsn, at);
  bytes.writeBigInt64BE(BigInt(Date.now()) * 1000n - postgresEpoch, 30);
  bytes.writeUInt8(askBack ? 1 : 0, 38);
  return bytes;
}

/** An error of the server; `code` is its SQLSTATE. */
export class ReplicationError extends Error {
  override readonly name = 'ReplicationError';
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** ErrorResponse: fields of one letter and a text each, every one ended by a zero byte. */
function serverError(bytes: Buffer, start: number, end: number): ReplicationError {
  const fields = new Map(
    bytes
      .toString('utf8', start, end)
      .split('\u0000')
      .map((field) => [field[0], field.slice(1)] as const),
  );
  return new ReplicationError(fields.get('M') ?? 'The database ended the stream.', fields.get('C') ?? '');
}
