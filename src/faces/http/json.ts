import type { FastifyInstance } from 'fastify';

/** JSON and nothing else; an empty body is none. Clients often name the type of a body they do not send. */
export function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(/^application\/(\S+\+)?json\b/, { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null) : parse(request, body, done),
  );
}
