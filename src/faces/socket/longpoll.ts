import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerFrame } from '../../../contracts/wire.ts';
import { byeFrame } from './door.ts';
import type { EventsDeps, Listening } from './events.ts';
import { createSession } from './session.ts';

/** Answers `{frames: […]}` as soon as there is anything newer than what the client has, or empty after some seconds. Keeps nothing. */
export async function poll(
  deps: EventsDeps,
  { token, address, epoch, wishes, poll: known }: Listening & { poll: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { counts, settings, wheel, sessions } = deps;
  const had = new Map(wishes.map((wish) => [wish.channel, wish.since]));
  const frames: string[] = [];
  let size = 0;
  let unanswered = wishes.length;
  let isDone = false;
  const { promise, resolve } = Promise.withResolvers<void>();

  function put(json: string): void {
    if (isDone) return;
    frames.push(json);
    size += json.length;
    settle();
  }

  /** Done when all that was asked for is there, or enough of it: the rest comes with the next poll. */
  function settle(): void {
    if (frames.length > 0 && (unanswered === 0 || size > settings.slowBytes)) finish();
  }

  function finish(): void {
    isDone = true;
    resolve();
  }

  const session = createSession(
    deps,
    {
      send(frame) {
        if (frame.type === 'joined' || (frame.type === 'error' && frame.id !== undefined)) unanswered--;
        if (isNews(frame, had)) put(JSON.stringify(frame));
        else settle();
      },
      write(packets) {
        for (const packet of packets) put(packet.json.toString());
      },
      // Hints are not worth an answer.
      isBusy: () => false,
      hints: false,
      pause: () => {},
      bye(code, retryAfter) {
        frames.push(JSON.stringify(byeFrame(code, retryAfter)));
        finish();
      },
    },
    { address, lists: known !== epoch, listens: true },
  );

  counts.opened++;
  counts.open.poll++;
  sessions.add(session);
  const callOffWait = wheel.after(settings.pollSeconds * 1000, finish);
  request.raw.socket.once('close', finish);
  session.accept({ type: 'hello', token });
  for (const wish of wishes) session.accept({ type: 'join', id: wish.channel, ...wish });
  await promise;
  request.raw.socket.off('close', finish);
  callOffWait();
  session.closed();
  counts.open.poll--;
  sessions.delete(session);
  const answer = `{"frames":[${frames.join(',')}]}`;
  counts.framesOut += frames.length;
  counts.bytesOut += answer.length;
  return reply.header('cache-control', 'no-store').type('application/json; charset=utf-8').send(answer);
}

/** A channel that opens where the client already is tells nothing. */
function isNews(frame: ServerFrame, had: Map<string, number | undefined>): boolean {
  if (frame.type !== 'joined') return true;
  return frame.gap || frame.messages.length > 0 || had.get(frame.channel.id) !== frame.version;
}
