import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Counts } from './counts.ts';
import { poll } from './longpoll.ts';
import { parseEventId, parseWishes, type Wish } from './places.ts';
import type { Session, SessionDeps } from './session.ts';
import { stream } from './sse.ts';

export interface EventsDeps extends SessionDeps {
  counts: Counts;
  sessions: Set<Session>;
  isDraining(): boolean;
}

/** What one who only listens asks for. */
export interface Listening {
  token: string;
  address: string;
  epoch: string;
  wishes: Wish[];
  /** Undefined for a stream; for a poll the epoch that the client knows, '' for none. */
  poll: string | undefined;
}

const longestQuery = 8192;

/** `GET /v1/events`: the socket's server frames as server-sent events or, with `poll`, one answer at a time. */
export function eventRoutes(app: FastifyInstance, deps: EventsDeps): void {
  app.get('/v1/events', { exposeHeadRoute: false, schema: { hide: true } }, async (request, reply) => {
    const listening = await readRequest(request, deps);
    // Asked in the moment in which the session begins: a drain that came before would not know of it.
    if (deps.isDraining()) throw new PlazaError('unavailable', undefined, { retryAfter: 1 });
    if (listening.poll === undefined) return stream(deps, listening, request, reply);
    return poll(deps, { ...listening, poll: listening.poll }, request, reply);
  });
}

/** @throws unauthenticated, token_expired, invalid_input, unavailable */
async function readRequest(request: FastifyRequest, { doors }: EventsDeps): Promise<Listening> {
  const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '');
  if (request.url.length > longestQuery) throw new PlazaError('invalid_input', 'The address is too long; open fewer channels.');
  for (const name of query.keys()) {
    if (!['join', 'token', 'poll', 'epoch'].includes(name))
      throw new PlazaError('invalid_input', 'Only join, token, poll and epoch are known here.', { field: name.slice(0, 40) });
  }
  const token = bearer(request.headers.authorization) ?? query.get('token');
  if (!token) throw new PlazaError('unauthenticated');
  await doors.accounts.authenticate(token, request.ip);
  const epoch = await doors.conversations.epoch();
  const wishes = parseWishes(query.get('join') ?? '');
  const poll = query.get('poll') ?? undefined;
  const known = poll || query.get('epoch') || epoch;
  return {
    token,
    address: request.ip,
    epoch,
    poll,
    wishes: resumed(known === epoch ? wishes : wishes.map(({ channel }) => ({ channel })), request, epoch),
  };
}

/** The wishes, from where the last event of a broken stream was. */
function resumed(wishes: Wish[], request: FastifyRequest, epoch: string): Wish[] {
  const last = request.headers['last-event-id'];
  if (typeof last !== 'string') return wishes;
  const had = new Map(parseEventId(last, epoch).map((place) => [place.channel, place]));
  return wishes.map((wish) => had.get(wish.channel) ?? wish);
}

function bearer(header: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;
}
