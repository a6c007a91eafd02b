import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

interface PreparedPage {
  html: Buffer;
  zipped: Buffer;
  etag: string;
  policy: string;
}

const firstQuery = `# Sign up, put {"Authorization": "Bearer <tokens.access>"} under Headers, and look around.
mutation {
  signUp(name: "Ana", email: "ana@example.org", password: "a long sentence is best") {
    person { handle }
    tokens { access }
  }
}
`;

/** The page is one file that loads nothing from anywhere: it is rendered when first asked for, and kept. */
let page: Promise<PreparedPage> | undefined;

async function prepare(): Promise<PreparedPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const text = renderGraphiQL({ title: 'Plaza GraphiQL', endpoint: '/graphql', defaultQuery: firstQuery, subscriptionsProtocol: 'SSE' });
  const html = Buffer.from(text.trim());
  const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return {
    html,
    zipped: await promisify(gzip)(html),
    etag: `"${createHash('sha256').update(html).digest('base64url')}"`,
    policy: [
      "default-src 'none'",
      `script-src ${scripts.join(' ')}`,
      "style-src 'unsafe-inline'",
      'worker-src blob:',
      "connect-src 'self'",
      'img-src data:',
      'font-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}

/** Answers a browser with GraphiQL. Its policy lets it speak to this server and to nobody else. */
export async function sendGraphiql(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  page ??= prepare();
  const { html, zipped, etag, policy } = await page;
  reply
    .header('content-security-policy', policy)
    .header('cache-control', 'no-cache')
    .header('etag', etag)
    .header('vary', 'Origin, Accept, Accept-Encoding');
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  reply.type('text/html; charset=utf-8');
  return /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    ? reply.header('content-encoding', 'gzip').send(zipped)
    : reply.send(html);
}
