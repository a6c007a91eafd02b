import type { FeedEvent } from './index.ts';
import type { Lsn } from './lsn.ts';
import { eventsOf } from './message.ts';

/** The events of one committed transaction, in the order they were emitted. */
export interface FeedTransaction {
  events: FeedEvent[];
  /** Bytes of all events. */
  bytes: number;
  /** PostgreSQL's transaction id, its low 32 bits. */
  xid: number;
  /** Where the commit record stands. */
  commit: Lsn;
  /** Where the log goes on after it: who resumes from here hears the next transaction first. */
  end: Lsn;
}

export interface Decoded {
  transaction(transaction: FeedTransaction): void;
  /** An event outside of any transaction, and where the log goes on after it. */
  hint(event: FeedEvent, end: Lsn): void;
  /** Everything committed before `walEnd` has been given. */
  idle(walEnd: Lsn): void;
  /** The server wants to hear from us now. */
  asked(): void;
}

const xlogData = 0x77; // w
const keepalive = 0x6b; // k
const begin = 0x42; // B
const message = 0x4d; // M
const commit = 0x43; // C
/** Before pgoutput's message in XLogData: kind, start, end, clock. */
const xlogHeader = 25;

/**
 * Decodes what `pgoutput` (protocol 1) sends in a copy stream. Only Begin, Message and Commit matter; rows are not
 * published, and what another program wrote under its own prefix is passed over.
 * https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
 */
export function createDecoder(to: Decoded): (bytes: Buffer, start: number, end: number) => void {
  let open: { events: FeedEvent[]; bytes: number; xid: number } | null = null;

  return (bytes, start, end) => {
    const kind = bytes[start];
    if (kind === xlogData) {
      const at = start + xlogHeader;
      switch (bytes[at]) {
        case message: {
          const events = eventsOf(bytes, at);
          if (bytes[at + 1] === 0) {
            for (const event of events) to.hint(event, bytes.readBigUInt64BE(at + 2));
            return;
          }
          if (!open) throw new Error('The database sent a transactional message outside of a transaction.');
          // One by one: a transaction may have more than fit as arguments of one call.
          for (const event of events) {
            open.events.push(event);
            open.bytes += event.bytes.length;
          }
          return;
        }
        case begin:
          open = { events: [], bytes: 0, xid: bytes.readUInt32BE(at + 17) };
          return;
        case commit: {
          if (!open) throw new Error('The database sent a commit without its beginning.');
          const transaction = { ...open, commit: bytes.readBigUInt64BE(at + 2), end: bytes.readBigUInt64BE(at + 10) };
          open = null;
          if (transaction.events.length > 0) to.transaction(transaction);
          return;
        }
      }
    } else if (kind === keepalive && end - start >= 18) {
      if (!open) to.idle(bytes.readBigUInt64BE(start + 1));
      if (bytes[start + 17] === 1) to.asked();
    }
  };
}
