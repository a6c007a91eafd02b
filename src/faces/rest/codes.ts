import { z } from 'zod';
import type { Doors } from '../../domains/doors.ts';
import type { RestApp } from './app.ts';
import { Account, nothing, text } from './schemas.ts';

const tags = ['Accounts'];

/** What is done with a one-time code: a forgotten password, an e-mail address, the first admin. */
export function codeRoutes(app: RestApp, { accounts }: Doors): void {
  app.post(
    '/forgot-password',
    {
      schema: {
        tags,
        summary: 'Send a code for a new password by mail',
        description: 'Always accepted, whether the address is known or not.',
        security: [],
        body: z.object({ email: text() }),
        response: { 202: nothing },
      },
    },
    async (request, reply) => {
      await accounts.forgotPassword(request.who, request.body);
      return reply.code(202).send();
    },
  );

  app.post(
    '/reset-password',
    {
      schema: {
        tags,
        summary: 'Set a new password with the code',
        description: 'Signs all devices out.',
        security: [],
        body: z.object({ email: text(), code: text(), password: text() }),
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      await accounts.resetPassword(request.who, request.body);
      return reply.code(204).send();
    },
  );

  app.post(
    '/me/email-code',
    { schema: { tags, summary: 'Send a code to my e-mail address', response: { 202: nothing } } },
    async (request, reply) => {
      await accounts.sendEmailCode(request.who);
      return reply.code(202).send();
    },
  );

  app.post(
    '/me/verify-email',
    { schema: { tags, summary: 'Prove my e-mail address with the code', body: z.object({ code: text() }), response: { 200: Account } } },
    (request) => accounts.verifyEmail(request.who, request.body),
  );

  app.post(
    '/first-admin',
    {
      schema: {
        tags,
        summary: 'Become the first admin',
        description: 'With the one-time code that the server prints at its first start.',
        body: z.object({ code: text() }),
        response: { 200: Account },
      },
    },
    (request) => accounts.claimFirstAdmin(request.who, request.body),
  );
}
