import type { FastifyReply, FastifyRequest } from 'fastify';
import { byeFrame } from './door.ts';
import type { EventsDeps, Listening } from './events.ts';
import { type Packet, toPacket } from './packet.ts';
import { formatEventId } from './places.ts';
import { createSession } from './session.ts';

/** Streams the frames as server-sent events. Each `id:` says where all channels stand, so that a browser comes back right. */
export function stream(
  deps: EventsDeps,
  { token, address, epoch, wishes }: Listening,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { counts, settings, wheel, sessions } = deps;
  reply.hijack();
  const out = reply.raw;
  let ended = false;
  let lastId = '';

  function write(packets: readonly Packet[]): void {
    if (ended) return;
    if (out.writableLength > settings.slowBytes) {
      counts.tooSlow++;
      session.bye('too_slow');
      return;
    }
    const id = formatEventId(epoch, session.places());
    out.cork();
    for (const [i, packet] of packets.entries()) {
      // With the last of several, when all of them were given.
      const isNew = i === packets.length - 1 && id !== lastId;
      out.write(isNew ? `id: ${id}\ndata: ` : 'data: ');
      out.write(packet.json);
      out.write('\n\n');
      counts.bytesOut += packet.json.length;
    }
    out.uncork();
    counts.framesOut += packets.length;
    lastId = id;
  }

  const session = createSession(
    deps,
    {
      send: (frame) => write([toPacket(frame)]),
      write,
      isBusy: () => out.writableLength > settings.slowBytes / 8,
      hints: true,
      pause: () => {},
      bye(code, retryAfter) {
        if (ended) return;
        const frame = byeFrame(code, retryAfter);
        const retry = frame.type === 'bye' && frame.retryAfter !== undefined ? `retry: ${Math.round(frame.retryAfter * 1000)}\n` : '';
        ended = true;
        out.end(`${retry}data: ${JSON.stringify(frame)}\n\n`);
        wheel.after(settings.graceSeconds * 1000, () => out.destroy());
      },
    },
    { address, lists: true, listens: true },
  );

  out.writeHead(200, {
    ...headersOf(reply),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would keep the events to itself until its buffer is full.
    'x-accel-buffering': 'no',
  });
  out.write('retry: 2000\n\n');
  counts.opened++;
  counts.open.events++;
  sessions.add(session);
  out.on('drain', () => session.drained());
  out.on('close', () => {
    ended = true;
    callOffBeat();
    counts.open.events--;
    sessions.delete(session);
    session.closed();
    request.log.info({ route: '/v1/events', address }, 'An event stream ended.');
  });

  let callOffBeat = () => {};
  function beat(): void {
    callOffBeat = wheel.after(settings.beatSeconds * 1000, () => {
      if (!ended && out.writableLength <= settings.slowBytes) out.write(': still here\n\n');
      beat();
    });
  }
  beat();
  session.accept({ type: 'hello', token });
  for (const wish of wishes) session.accept({ type: 'join', id: wish.channel, ...wish });
  return reply;
}

/** What hooks set before the stream began, such as rate limits and who may read across origins. */
function headersOf(reply: FastifyReply): Record<string, string | number | string[]> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
