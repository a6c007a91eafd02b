import { z } from 'zod';
import { PlazaError } from '../../../contracts/errors.ts';
import { limits } from '../../../contracts/wire.ts';
import type { Doors } from '../../domains/doors.ts';
import { readMarks } from '../marks.ts';
import type { RestApp } from './app.ts';
import { link } from './lists.ts';
import { Changed, Changes, count, id, Message, MessagePage, nothing, number, Posted, text } from './schemas.ts';

const tags = ['Messages'];
const channel = z.object({ channel: id });
const message = channel.extend({ number });
const reason = text().describe(`Why, up to ${limits.reasonCharacters} characters; kept for the moderators when the message is another's.`);
const limit = z.coerce.number().int().optional().describe(`How many at most, 1 to ${limits.page}.`);

/** Reading and writing a channel's log. */
export function messageRoutes(app: RestApp, doors: Doors): void {
  const { conversations } = doors;
  app.get(
    '/channels/:channel/messages',
    {
      schema: {
        tags,
        summary: 'Messages by number',
        description:
          'One of `before`, `after`, `around` with a message number, or none for the last page. `Link` has `next` (newer) and `prev` (older).',
        params: channel,
        querystring: z.object({ before: number.optional(), after: number.optional(), around: number.optional(), limit }),
        response: { 200: MessagePage },
      },
    },
    async (request, reply) => {
      const { who, params, query } = request;
      const { messages, more, head } = await conversations.page(who, { ...params, ...query });
      const [oldest, newest] = [messages.at(0), messages.at(-1)];
      link(request, reply, {
        ...(more.after && newest && { next: { after: String(newest.number) } }),
        ...(more.before && oldest && { prev: { before: String(oldest.number) } }),
      });
      const mine = await readMarks(doors, who, params.channel, messages);
      return { items: messages, mine, more, head };
    },
  );

  app.get(
    '/channels/:channel/changes',
    {
      schema: {
        tags,
        summary: 'What changed after a version',
        params: channel,
        querystring: z.object({ since: number, limit }),
        response: { 200: Changes },
      },
    },
    async ({ who, params, query }) => {
      const { messages, ...rest } = await conversations.since(who, { ...params, version: query.since, limit: query.limit });
      return { ...rest, items: messages };
    },
  );

  app.get(
    '/channels/:channel/messages/:number',
    { schema: { tags, summary: 'A message', params: message, response: { 200: Message } } },
    async ({ who, params }) => {
      const [found] = await conversations.messages(who, [params]);
      if (!found) throw new PlazaError('not_found');
      return found;
    },
  );

  app.post(
    '/channels/:channel/messages',
    {
      schema: {
        tags,
        summary: 'Post a message',
        description:
          'Repeated with the same `key` it answers 200 with the first message and changes nothing. Without `key`, the Idempotency-Key is taken for it.',
        params: channel,
        body: z
          .object({
            body: text().describe(`Markdown, up to ${limits.bodyCharacters} characters.`),
            key: text().optional().describe(`My own id for this message, up to ${limits.keyCharacters} characters.`),
            replyTo: z.int32().optional(),
          })
          .meta({ examples: [{ body: 'Try *Tumbling Tom*; it hangs.' }] }),
        response: { 200: Posted, 201: Posted },
      },
    },
    async (request, reply) => {
      const { who, params, body } = request;
      const posted = await conversations.post(who, { ...params, ...body, key: body.key ?? request.idempotencyKey });
      return reply
        .code(posted.repeated ? 200 : 201)
        .header('location', `/v1/channels/${posted.channel}/messages/${posted.number}`)
        .send(posted);
    },
  );

  app.patch(
    '/channels/:channel/messages/:number',
    { schema: { tags, summary: 'Edit a message', params: message, body: z.object({ body: text() }), response: { 200: Changed } } },
    ({ who, params, body }) => conversations.edit(who, { ...params, ...body }),
  );

  app.delete(
    '/channels/:channel/messages/:number',
    {
      schema: {
        tags,
        summary: 'Delete a message',
        description: 'Its number stays, its words go.',
        params: message,
        querystring: z.object({ reason: reason.optional() }),
        response: { 200: Changed },
      },
    },
    ({ who, params, query }) => conversations.delete(who, { ...params, ...query }),
  );

  app.post(
    '/channels/:channel/messages/:number/restore',
    {
      schema: {
        tags,
        summary: 'Bring a deleted message back',
        description: 'With the text it had: for its author, who deleted it, and for moderators.',
        params: message,
        body: z.object({ reason: reason.optional() }).optional(),
        response: { 200: Changed },
      },
    },
    ({ who, params, body }) => conversations.restore(who, { ...params, ...body }),
  );

  app.put(
    '/channels/:channel/read',
    {
      schema: {
        tags,
        summary: 'Mark as read up to a number',
        description: 'Moves forward, never back. Answers where it stands.',
        params: channel,
        body: z.object({ number: z.int32() }),
        response: { 200: z.object({ number: count }) },
      },
    },
    ({ who, params, body }) => conversations.markRead(who, { ...params, ...body }),
  );

  app.post(
    '/channels/:channel/typing',
    { schema: { tags, summary: 'Tell that I am typing', params: channel, response: { 204: nothing } } },
    async ({ who, params }, reply) => {
      await conversations.typing(who, params);
      return reply.code(204).send();
    },
  );
}
