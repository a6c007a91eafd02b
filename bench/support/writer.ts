/** Writers that speak by a WebSocket. There are a handful of them, so they live in the bench's own process. */
import { WebSocket } from 'ws';
import { within } from '../../journeys/support/wait.ts';
import type { Writer } from './rooms.ts';

export interface WriterOptions {
  url: string;
  protocol?: string;
  /** What is sent in turn, each with how the answer to it begins. An empty text is not sent. */
  opening: readonly (readonly [send: string, begins: string])[];
  /** Message `n` of this writer, as it goes on the wire. */
  message(room: number, text: string, n: number): string;
  /** How frames begin that refuse a message. */
  refusal: string;
  /** Sent every half minute, so that nobody is taken for dead. */
  ping?: string;
  /** Sent for a text frame that is `on`. */
  answer?: { on: string; send: string };
}

/** Resolves when it may write. */
export async function openWriter({ url, protocol, opening, message, refusal, ping, answer }: WriterOptions): Promise<Writer> {
  const socket = new WebSocket(url, protocol === undefined ? [] : [protocol], { perMessageDeflate: false });
  let refused = 0;
  let said = 0;
  // What came during the opening and was not awaited yet: the first may come with the connection itself.
  let early: string[] | null = [];
  let look = () => {};
  socket.on('message', (data) => {
    const text = data.toString();
    if (early) {
      early.push(text);
      look();
    } else if (text.startsWith(refusal)) refused++;
    else if (answer && text === answer.on) socket.send(answer.send);
  });
  const failed = new Promise<never>((_, reject) => {
    socket.once('error', reject);
    socket.once('close', (code, reason) => reject(new Error(`A writer was closed: ${code} ${reason}`)));
  });
  // Once it is open it is the sends that tell.
  failed.catch(() => {});
  const open = new Promise((resolve) => socket.once('open', resolve));
  await within(Promise.race([open, failed]), 'a writer to connect');
  for (const [send, begins] of opening) {
    if (send !== '') socket.send(send);
    const came = new Promise<void>((resolve) => {
      look = () => {
        const at = early?.findIndex((text) => text.startsWith(begins)) ?? -1;
        if (at < 0) return;
        early?.splice(0, at + 1);
        resolve();
      };
      look();
    });
    await within(Promise.race([came, failed]), `a writer to hear ${begins}`);
  }
  early = null;
  const beat = ping === undefined ? null : setInterval(() => socket.send(ping), 30_000);
  return {
    say(room, text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(message(room, text, said++));
      else refused++;
    },
    refused: () => refused,
    close() {
      if (beat) clearInterval(beat);
      socket.terminate();
    },
  };
}
