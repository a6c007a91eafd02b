import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { ServerFrame } from '../../contracts/wire.ts';

/** Somebody who only listens, over another face than the socket. */
export interface Listener<T> {
  /** Everything heard so far. */
  heard: T[];
  /** Resolves with the code of the refusal, or null, when the server ends it. */
  ended: Promise<string | null>;
  close(): Promise<void>;
}

/** An event as the subscription gives it. */
export interface Told {
  version: number;
  message: { number: number; body: string | null } | null;
}

const document =
  'subscription ($channel: ID!, $after: Int) { channelEvents(channel: $channel, after: $after) { version message { number body } } }';

/** GraphQL's `channelEvents` over graphql-transport-ws, from that version on. */
export async function subscribe(base: string, token: string, channel: string, after: number): Promise<Listener<Told>> {
  const client = createClient({
    url: `${base.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { token },
    retryAttempts: 0,
  });
  const heard: Told[] = [];
  const variables = { channel: Buffer.from(`Channel:${channel}`).toString('base64url'), after };
  const ended = new Promise<string | null>((resolve) => {
    client.subscribe<{ channelEvents: Told }>(
      { query: document, variables },
      {
        next: ({ data, errors }) => {
          if (data) heard.push(data.channelEvents);
          else resolve(String(errors?.[0]?.extensions?.['code']));
        },
        error: (error) => resolve(codeOf(error)),
        complete: () => resolve(null),
      },
    );
  });
  return { heard, ended, close: async () => void (await client.dispose()) };
}

function codeOf(error: unknown): string {
  const first: unknown = Array.isArray(error)
    ? error[0]?.extensions?.code
    : error instanceof Object && 'reason' in error
      ? error.reason
      : error;
  return String(first);
}

/** Server-sent events of `/v1/events` for that channel. */
export async function streamEvents(base: string, token: string, channel: string): Promise<Listener<ServerFrame>> {
  const cut = new AbortController();
  const answer = await fetch(`${base}/v1/events?join=${channel}`, { headers: { authorization: `Bearer ${token}` }, signal: cut.signal });
  if (!answer.ok || !answer.body) throw new Error(`The stream was answered ${answer.status}: ${await answer.text()}`);
  const heard: ServerFrame[] = [];
  const ended = read(answer.body, heard).catch(() => null);
  return {
    heard,
    ended,
    close: async () => {
      cut.abort();
      await ended;
    },
  };
}

async function read(body: ReadableStream<Uint8Array>, heard: ServerFrame[]): Promise<string | null> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) heard.push(JSON.parse(line.slice('data: '.length)));
  }
  const last = heard.at(-1);
  return last?.type === 'bye' ? last.code : null;
}
