import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errors, PlazaError } from '../../../contracts/errors.ts';
import type { Answers } from '../../kit/answers.ts';
import { callerKey } from '../limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's Idempotency-Key of a request that changes something. */
    idempotencyKey: string | undefined;
    /** Set while this request owes an answer to be kept. */
    owesAnswer: boolean;
  }
}

interface Kept {
  type: string;
  location: string | undefined;
  body: string;
}

/** Seconds that a repeated request waits for the first one's answer. */
const patience = 2;

/**
 * `Idempotency-Key` on requests that change something: the same key with the same request is given the first answer
 * again and changes nothing; with another request it is refused. Answers that may differ next time (429, 5xx) are not
 * kept, nor are refusals of the request's shape. Answers hold tokens, so they are sealed with a key made from `secret`;
 * requests hold passwords, so of them only a keyed digest is kept.
 */
export function keepAnswers(app: FastifyInstance, answers: Answers, secret: string): void {
  app.decorateRequest('idempotencyKey');
  app.decorateRequest('owesAnswer', false);

  app.addHook('preHandler', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const key = readKey(request.headers['idempotency-key']);
    if (key === undefined) return;
    request.idempotencyKey = key;
    const caller = callerKey(request.who);
    const begun = await begin(caller, key, digest(secret, request));
    if (begun.state === 'new') request.owesAnswer = true;
    else if (begun.state === 'answered') return replay(reply, begun.status, open(secret, caller, key, begun.body));
    else if (begun.state === 'different') {
      throw new PlazaError('conflict', 'This Idempotency-Key was used for another request; take a new one.', { field: 'Idempotency-Key' });
    } else throw new PlazaError('unavailable', 'The same request is still being worked on; ask again in a moment.', { retryAfter: 1 });
  });

  app.addHook('onSend', async (request, reply, payload) => {
    if (!request.owesAnswer || request.idempotencyKey === undefined) return;
    request.owesAnswer = false;
    const { idempotencyKey: key, log } = request;
    const caller = callerKey(request.who);
    try {
      if (mayDiffer(reply.statusCode)) await answers.drop(caller, key);
      else await answers.keep(caller, key, { status: reply.statusCode, body: seal(secret, caller, key, toKeep(reply, payload)) });
    } catch (err) {
      // What was asked for is done; that the answer could not be kept must not turn it into a failure.
      log.error({ err }, 'an answer could not be kept for its Idempotency-Key');
    }
  });

  async function begin(caller: string, key: string, hash: Buffer) {
    const until = performance.now() + patience * 1000;
    for (let pause = 10; ; pause = Math.min(pause * 2, 250)) {
      const begun = await answers.begin(caller, key, hash);
      if (begun.state !== 'busy' || performance.now() > until) return begun;
      await sleep(pause);
    }
  }
}

/** @throws invalid_input */
function readKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  // The draft standard writes it as a quoted string; most clients do not.
  const key = String(header).replace(/^"(.*)"$/, '$1');
  if (!/^[\x21-\x7e]{1,64}$/.test(key)) {
    throw new PlazaError('invalid_input', 'The Idempotency-Key must have 1 to 64 visible ASCII characters; a UUID does.', {
      field: 'Idempotency-Key',
    });
  }
  return key;
}

/** True for what the same request may be answered with today and not tomorrow. */
function mayDiffer(status: number): boolean {
  return status >= 500 || Object.values(errors).some(({ http, retryable }) => http === status && retryable);
}

function toKeep(reply: FastifyReply, payload: unknown): Kept {
  const location = reply.getHeader('location');
  return {
    type: String(reply.getHeader('content-type') ?? ''),
    location: location === undefined ? undefined : String(location),
    body: typeof payload === 'string' ? payload : '',
  };
}

function replay(reply: FastifyReply, status: number, { type, location, body }: Kept): FastifyReply {
  reply.code(status).header('idempotency-replayed', 'true');
  if (location !== undefined) reply.header('location', location);
  if (type !== '') reply.type(type);
  return reply.send(body === '' ? undefined : body);
}

/** Two requests are the same when method, address and body are. */
function digest(secret: string, request: FastifyRequest): Buffer {
  return createHmac('sha256', secret)
    .update(JSON.stringify([request.method, request.url, Buffer.isBuffer(request.body) ? null : (request.body ?? null)]))
    .update(Buffer.isBuffer(request.body) ? request.body : '')
    .digest();
}

function keyOf(secret: string, caller: string, key: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `idempotent answer\n${caller}\n${key}`, 32));
}

/** AES-256-GCM: 12 bytes of nonce, 16 of tag, the text. */
function seal(secret: string, caller: string, key: string, kept: Kept): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, caller, key), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(kept), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
}

function open(secret: string, caller: string, key: string, sealed: string): Kept {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, caller, key), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  const kept: Kept = JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'));
  return kept;
}
