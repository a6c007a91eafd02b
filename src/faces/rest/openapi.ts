import { STATUS_CODES } from 'node:http';
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ErrorCode, errors } from '../../../contracts/errors.ts';

const codes = Object.keys(errors) as ErrorCode[];

z.object({
  type: z.string().describe('Where the code is explained.'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().describe('What is wrong, for people.'),
  code: z.enum(codes).describe('What is wrong, for programs.'),
  retryable: z.boolean().describe('The same request may succeed later without being changed.'),
  field: z.string().optional().describe('The part of the input that is wrong.'),
  rule: z.string().optional().describe('The rule that refused: of the policy, or of the field.'),
  limit: z.number().optional().describe('The number that the rule sets, of characters, entries or people.'),
  requestId: z.string(),
}).meta({ id: 'Problem', description: 'RFC 9457 problem details.' });

const about = `The same verbs as GraphQL and the socket. Sign up or in, then send \`Authorization: Bearer …\` with the access token.
Lists are \`{items, next}\`; \`next\` goes into \`after\`, and \`Link\` has the whole address. Requests that change something take an
\`Idempotency-Key\`. Every refusal is \`application/problem+json\`.`;

const tags = [
  { name: 'Accounts', description: 'Signing up, in and out; one’s own account and devices.' },
  { name: 'People', description: 'What others see of a person.' },
  { name: 'Communities', description: 'Places with members and roles.' },
  { name: 'Channels', description: 'Conversations of every kind: discussions, chats, groups, direct ones.' },
  { name: 'Discussions', description: 'Conversations with a title; their comments are messages.' },
  { name: 'Messages', description: 'A channel’s log: messages numbered 1, 2, 3 …' },
  { name: 'Events', description: 'What happens, as it happens, where sockets are blocked.' },
  { name: 'Applications', description: 'Chats and messages for other programs, with an application’s token. Names are in snake_case.' },
];

/** The one address that another face answers; how it goes is told in docs/socket.md. */
const events = {
  tags: ['Events'],
  summary: 'What happens, as it happens',
  description:
    'Server-sent events that carry the frames of the socket. With `poll`, one answer `{frames: […]}` as soon as there is news. Browsers, whose EventSource sends no header fields, put the access token into `token`.',
  parameters: (['join', 'token', 'poll', 'epoch'] as const).map((name) => ({ name, in: 'query', schema: { type: 'string' as const } })),
  responses: { '200': { description: 'Frames', content: { 'text/event-stream': { schema: { type: 'string' as const } } } } },
};

/** Gathers the description of all routes made after it. */
export async function describe(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: { title: 'Plaza', version: '1', description: about, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      tags,
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: "A person's access token, or an application's token." },
        },
      },
      security: [{ bearer: [] }],
      paths: { '/v1/events': { get: events } },
    },
    transform: (document) => {
      if (!document.url.startsWith('/v1/')) return { schema: { hide: true }, url: document.url };
      const { schema, url } = jsonSchemaTransform(document);
      return { schema: mayLackBody(document.schema) ? { ...schema, 'x-may-lack-body': true } : schema, url };
    },
    transformObject: (document) => {
      const made = jsonSchemaTransformObject(document);
      return JSON.parse(mended(made as unknown as Document));
    },
  });
}

function mayLackBody(schema: FastifySchema | undefined): boolean {
  return schema?.body instanceof z.ZodType && schema.body.safeParse(undefined).success;
}

interface Operation {
  operationId?: string;
  requestBody?: { required: boolean };
  responses: Record<string, unknown>;
  'x-may-lack-body'?: boolean;
}

/** Of an OpenAPI document what is mended here. */
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; responses?: Record<string, unknown> };
}

/** With what is the same everywhere: names of operations, what goes wrong, which bodies may be left out. As JSON. */
function mended(document: Document): string {
  document.components.responses = {};
  for (const status of new Set(codes.map((code) => errors[code].http))) document.components.responses[`status${status}`] = refusals(status);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operation.operationId = nameOf(method, path);
      if (operation.requestBody) operation.requestBody.required = !operation['x-may-lack-body'];
      delete operation['x-may-lack-body'];
      for (const [status, response] of Object.entries(operation.responses)) {
        if (isDefault(response)) response.description = STATUS_CODES[status] ?? 'Done';
      }
      for (const status of whatMayGoWrong(method, operation))
        operation.responses[status] ??= { $ref: `#/components/responses/status${status}` };
    }
  }
  document.components.schemas = reachable(document);
  // A schema is made once for input and once for output; where both are the same, one is enough.
  const { schemas } = document.components;
  const twice = Object.keys(schemas).filter(
    (name) => `${name}Input` in schemas && JSON.stringify(schemas[name]) === JSON.stringify(schemas[`${name}Input`]),
  );
  for (const name of twice) delete schemas[`${name}Input`];
  return twice.reduce(
    (json, name) => json.replaceAll(`#/components/schemas/${name}Input"`, `#/components/schemas/${name}"`),
    JSON.stringify(document),
  );
}

function isDefault(response: unknown): response is { description: string } {
  return typeof response === 'object' && response !== null && 'description' in response && response.description === 'Default Response';
}

function whatMayGoWrong(method: string, { requestBody }: Operation): number[] {
  const changes = method === 'get' ? [] : [409];
  return [400, 401, 403, 404, ...changes, ...(requestBody ? [413, 415] : []), 429, 500, 503];
}

/** The table's codes with this status, as one answer. */
function refusals(status: number): unknown {
  const mine = codes.filter((code) => errors[code].http === status);
  return {
    description: mine.map((code) => `\`${code}\`: ${errors[code].sentence}`).join('\n\n'),
    ...((status === 429 || status === 503) && {
      headers: { 'Retry-After': { description: 'Seconds to wait before trying again.', schema: { type: 'integer' } } },
    }),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** `get /v1/channels/{channel}/messages` → `getChannelsByChannelMessages`. */
function nameOf(method: string, path: string): string {
  const words = path
    .replace('/v1/', '')
    .split(/[/-]/)
    .map((part) => (part.startsWith('{') ? `by-${part.slice(1, -1)}` : part));
  return words.flatMap((word) => word.split('-')).reduce((name, word) => name + word.charAt(0).toUpperCase() + word.slice(1), method);
}

/** The schemas that something refers to; each is made once for input and once for output, whichever is needed. */
function reachable(document: Document): Record<string, unknown> {
  const all = document.components.schemas;
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      visit(all[name]);
    }
  };
  visit(document.paths);
  visit(document.components.responses);
  return Object.fromEntries(Object.entries(all).filter(([name]) => found.has(name)));
}
