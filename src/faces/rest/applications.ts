import { z } from 'zod';
import type { Application, ApplicationToken } from '../../domains/applications/index.ts';
import type { Doors } from '../../domains/doors.ts';
import { type Scope, scopes, type Who } from '../../domains/policy/index.ts';
import type { RestApp } from './app.ts';
import { list, listOf, paging } from './lists.ts';
import { count, id, nothing, text } from './schemas.ts';

const tags = ['Applications'];
const time = z.string();

const ApplicationShape = z
  .object({ id, name: z.string(), chats_count: count, created_at: time, updated_at: time })
  .meta({ id: 'Application' });
const TokenShape = z
  .object({
    id,
    name: z.string(),
    scopes: z.array(z.enum(scopes)),
    expires_at: time.nullable(),
    used_at: time.nullable(),
    created_at: time,
  })
  .meta({ id: 'ApplicationToken' });

/** An application by its id; `me` is the one that the caller belongs to. */
export const application = z.object({ id: z.union([z.literal('me'), id]) });

export function applicationId(who: Who, asked: string): string {
  return asked === 'me' ? who.application : asked;
}

function shape({ id, name, chatsCount, createdAt, updatedAt }: Application): z.output<typeof ApplicationShape> {
  return { id, name, chats_count: chatsCount, created_at: createdAt, updated_at: updatedAt };
}

function tokenShape({ id, name, scopes, expiresAt, usedAt, createdAt }: ApplicationToken): z.output<typeof TokenShape> {
  return { id, name, scopes, expires_at: expiresAt, used_at: usedAt, created_at: createdAt };
}

/** Tenants and their tokens. Here and in `chats.ts` names are in snake_case, as programs that come from elsewhere expect. */
export function applicationRoutes(app: RestApp, { applications }: Doors): void {
  app.post(
    '/applications',
    {
      schema: {
        tags,
        summary: 'Make an application',
        description: 'For admins. The token is shown this once and never again.',
        body: z.object({ name: text() }).meta({ examples: [{ name: 'Support desk' }] }),
        response: { 201: ApplicationShape.extend({ token: z.string() }).meta({ id: 'NewApplication' }) },
      },
    },
    async (request, reply) => {
      const made = await applications.create(request.who, request.body);
      return reply
        .code(201)
        .header('location', `/v1/applications/${made.application.id}`)
        .send({ ...shape(made.application), token: made.token });
    },
  );

  app.get(
    '/applications',
    { schema: { tags, summary: 'Applications', querystring: z.object(paging), response: { 200: listOf(ApplicationShape) } } },
    async (request, reply) => {
      const { items, next } = list(request, reply, await applications.list(request.who, request.query));
      return { items: items.map(shape), next };
    },
  );

  app.get(
    '/applications/:id',
    { schema: { tags, summary: 'An application', params: application, response: { 200: ApplicationShape } } },
    async ({ who, params }) => shape(await applications.get(who, applicationId(who, params.id))),
  );

  app.patch(
    '/applications/:id',
    {
      schema: {
        tags,
        summary: 'Rename an application',
        params: application,
        body: z.object({ name: text() }),
        response: { 200: ApplicationShape },
      },
    },
    async ({ who, params, body }) => shape(await applications.change(who, { id: applicationId(who, params.id), name: body.name })),
  );

  app.post(
    '/applications/:id/tokens',
    {
      schema: {
        tags,
        summary: 'Make a further token',
        description: 'Shown this once and never again.',
        params: application,
        body: z.object({ name: text(), scopes: z.array(z.enum(scopes)), expires_at: text().optional() }),
        response: { 201: TokenShape.extend({ token: z.string() }).meta({ id: 'NewApplicationToken' }) },
      },
    },
    async ({ who, params, body }, reply) => {
      const wanted: Scope[] = body.scopes;
      const of = applicationId(who, params.id);
      const { token, details } = await applications.createToken(who, {
        application: of,
        name: body.name,
        scopes: wanted,
        expiresAt: body.expires_at,
      });
      return reply
        .code(201)
        .header('location', `/v1/applications/${of}/tokens`)
        .send({ ...tokenShape(details), token });
    },
  );

  app.get(
    '/applications/:id/tokens',
    {
      schema: {
        tags,
        summary: 'Tokens of an application',
        params: application,
        querystring: z.object(paging),
        response: { 200: listOf(TokenShape) },
      },
    },
    async (request, reply) => {
      const of = applicationId(request.who, request.params.id);
      const { items, next } = list(request, reply, await applications.tokens(request.who, of, request.query));
      return { items: items.map(tokenShape), next };
    },
  );

  app.delete(
    '/applications/:id/tokens/:token',
    { schema: { tags, summary: 'Revoke a token', params: application.extend({ token: id }), response: { 204: nothing } } },
    async ({ who, params }, reply) => {
      await applications.revokeToken(who, { application: applicationId(who, params.id), token: params.token });
      return reply.code(204).send();
    },
  );
}
