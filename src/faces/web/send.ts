import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Document, Filling } from './document.ts';
import { etagOf } from './etag.ts';

/** Something to send, with its smaller forms where there are any. */
export interface Content {
  type: string;
  etag: string;
  raw: Buffer;
  br: Buffer | null;
  gzip: Buffer | null;
}

const worthwhile = 1_000;
const asBrotli = promisify(brotliCompress);
const asGzip = promisify(gzip);

/** Sends it in the smallest form that the caller takes; 304 to those who have it. */
export function send(request: FastifyRequest, reply: FastifyReply, content: Content): FastifyReply {
  reply
    .header('etag', content.etag)
    .header('vary', `${reply.getHeader('vary') ?? 'Origin'}, Accept-Encoding`)
    .type(content.type);
  if (reply.statusCode === 200 && isKnown(request.headers['if-none-match'], content.etag)) return reply.code(304).send();
  const encoding = encodingOf(request);
  const smaller = encoding && content[encoding];
  if (!smaller) return reply.send(content.raw);
  return reply.header('content-encoding', encoding).send(smaller);
}

/** The same for a text that was made for this request. */
export async function sendText(request: FastifyRequest, reply: FastifyReply, type: string, text: string): Promise<FastifyReply> {
  const content: Content = { type, etag: etagOf(text), raw: Buffer.from(text), br: null, gzip: null };
  const encoding = encodingOf(request);
  const isNew = reply.statusCode !== 200 || !isKnown(request.headers['if-none-match'], content.etag);
  if (isNew && content.raw.length > worthwhile) {
    if (encoding === 'br') content.br = await asBrotli(content.raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
    if (encoding === 'gzip') content.gzip = await asGzip(content.raw);
  }
  return send(request, reply, content);
}

/** What a page may not ask of the device; copying from and to the clipboard, and notifications, it may. */
const permissions = ['camera', 'microphone', 'geolocation', 'payment', 'usb', 'serial', 'midi', 'display-capture']
  .map((name) => `${name}=()`)
  .join(', ');

/** The page's document, with content in it or as it is. */
export function sendPage(request: FastifyRequest, reply: FastifyReply, document: Document, filling: Filling | null): Promise<FastifyReply> {
  reply.header('content-security-policy', document.policy).header('permissions-policy', permissions);
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-cache');
  return sendText(request, reply, 'text/html; charset=utf-8', document.fill(filling));
}

function encodingOf({ headers }: FastifyRequest): 'br' | 'gzip' | null {
  const taken = new Map<string, number>();
  for (const part of String(headers['accept-encoding'] ?? '').split(',')) {
    const [name = '', ...settings] = part.toLowerCase().split(';');
    const weight = settings.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find((one) => one !== undefined);
    taken.set(name.trim(), weight === undefined ? 1 : Number(weight));
  }
  const takes = (name: string) => (taken.get(name) ?? taken.get('*') ?? 0) > 0;
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : null;
}

function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const bare = (one: string) => one.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').map(bare).includes(bare(etag));
}
