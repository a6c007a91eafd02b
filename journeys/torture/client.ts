import type { Id } from '../../contracts/nouns.ts';
import { type Refusal, rest, type Someone } from '../support/api.ts';
import { type Copy, follow } from '../support/copy.ts';
import { openSocket, Refused, type TestSocket } from '../support/socket.ts';
import { pause } from '../support/wait.ts';
import type { Answered, Change } from './book.ts';

/** A change came to nothing: refused for good, or nobody knows what became of it. */
export class NotAcknowledged extends Error {
  readonly code: string;
  /** The change may have happened, or may still be tried. */
  readonly open: boolean;
  constructor(code: string, open: boolean) {
    super(code);
    this.code = code;
    this.open = open;
  }
}

/** Sends changes over one face. @throws NotAcknowledged */
export interface Client {
  someone: Someone;
  /** Sends it once. */
  send(channel: Id, change: Change): Promise<Answered>;
  /** What this client hears, kept up across all cuts; empty for those who only write. */
  copies: Map<Id, Copy>;
  /** Watches these channels from now on. */
  watch(copies: readonly Copy[]): Promise<void>;
  close(): Promise<void>;
}

export function restClient(someone: Someone): Client {
  return {
    someone,
    copies: new Map(),
    watch: async () => {},
    close: async () => {},
    async send(channel, change) {
      const [method, path, body] = request(channel, change);
      const { status, body: said } = await rest<(Answered & Partial<Refusal>) | null>(
        someone.base,
        someone.token,
        method,
        path,
        body,
      ).catch((error: Error) => {
        throw new NotAcknowledged(error.message, true);
      });
      if (status >= 300 || said === null) throw new NotAcknowledged(said?.code ?? String(status), status >= 500 || status === 429);
      return { number: said.number, version: said.version, repeated: said.repeated ?? false };
    },
  };
}

function request(channel: Id, { kind, key, body, number, emoji }: Change): [string, string, unknown?] {
  const messages = `/v1/channels/${channel}/messages`;
  switch (kind) {
    case 'post':
      return ['POST', messages, { key, body }];
    case 'edit':
      return ['PATCH', `${messages}/${number}`, { body }];
    case 'delete':
      return ['DELETE', `${messages}/${number}`];
    case 'react':
      return ['PUT', `${messages}/${number}/reactions/${encodeURIComponent(emoji ?? '')}`];
    case 'pin':
      return ['PUT', `${messages}/${number}/pin`];
  }
}

export function socketClient(someone: Someone, onEpoch: (epoch: string) => void): Client {
  const copies = new Map<Id, Copy>();
  let socket: TestSocket | null = null;
  let opening: Promise<TestSocket> | null = null;
  let closing = false;

  /** The open socket, or the next one: tried again until it stands and everything watched is caught up. */
  function connected(): Promise<TestSocket> {
    if (socket) return Promise.resolve(socket);
    opening ??= connect().finally(() => {
      opening = null;
    });
    return opening;
  }

  async function connect(): Promise<TestSocket> {
    for (;;) {
      try {
        const next = await openSocket(someone.base, someone.token);
        onEpoch(next.ready.epoch);
        next.onFrame((frame) => {
          if (frame.type === 'stale') next.raw.close();
          // The frames are in the copies already.
          next.heard.length = 0;
        });
        void next.closed.then(() => {
          if (socket !== next) return;
          socket = null;
          if (!closing) void connected();
        });
        await Promise.all([...copies.values()].map((copy) => follow(next, copy)));
        if (next.raw.readyState !== next.raw.OPEN) continue;
        socket = next;
        return next;
      } catch {
        if (closing) throw new NotAcknowledged('closed', true);
        await pause(50);
      }
    }
  }

  return {
    someone,
    copies,
    async watch(more) {
      const on = await connected();
      for (const copy of more) copies.set(copy.channel, copy);
      await Promise.all(more.map((copy) => follow(on, copy)));
    },
    async close() {
      closing = true;
      await socket?.close();
    },
    async send(channel, { kind, key = '', body = '', number = 0, emoji = '' }) {
      const on = await connected();
      const frames = {
        post: { type: 'send', channel, key, body },
        edit: { type: 'edit', channel, number, body },
        delete: { type: 'delete', channel, number },
        react: { type: 'react', channel, number, emoji, on: true },
        pin: { type: 'pin', channel, number, on: true },
      } as const;
      try {
        const ack = await on.ask('ack', frames[kind]);
        return { number: ack.number, version: ack.version, repeated: ack.repeated ?? false };
      } catch (error) {
        if (error instanceof Refused) throw new NotAcknowledged(error.frame.code, error.frame.retryable);
        throw new NotAcknowledged(String(error), true);
      }
    },
  };
}
