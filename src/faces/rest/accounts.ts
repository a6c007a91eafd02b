import { z } from 'zod';
import type { Doors } from '../../domains/doors.ts';
import type { RestApp } from './app.ts';
import { list, listOf, paging } from './lists.ts';
import { Account, Device, id, nothing, Profile, SignedIn, text, words } from './schemas.ts';

const tags = ['Accounts'];
const device = {
  clientId: text().optional().describe("The device's own id for itself: signing in again from it replaces the earlier sign-in."),
  deviceName: text().optional(),
};
const anna = { name: 'Ana Paz', email: 'ana@example.org', password: 'a long pass phrase', handle: 'ana' };

/** Signing up, in and out, one's own account and its devices. */
export function accountRoutes(app: RestApp, { accounts, people }: Doors): void {
  app.post(
    '/sign-up',
    {
      schema: {
        tags,
        summary: 'Make an account and sign in',
        description: "With an application's token (scope `people`) the account is made in that application.",
        security: [],
        body: z.object({ name: text(), email: text(), password: text(), handle: text().optional(), ...device }).meta({ examples: [anna] }),
        response: { 201: SignedIn },
      },
    },
    async (request, reply) => {
      const signedIn = await accounts.signUp(request.who, request.body);
      return reply.code(201).header('location', `/v1/people/${signedIn.person.id}`).send(signedIn);
    },
  );

  app.post(
    '/sign-in',
    {
      schema: {
        tags,
        summary: 'Sign in',
        security: [],
        body: z.object({ email: text(), password: text(), ...device }).meta({ examples: [{ email: anna.email, password: anna.password }] }),
        response: { 200: SignedIn },
      },
    },
    (request) => accounts.signIn(request.who, request.body),
  );

  app.post(
    '/refresh',
    {
      config: { expiredIsGuest: true },
      schema: {
        tags,
        summary: 'New tokens for a refresh token',
        description: 'A refresh token is good for one use; one that comes a second time signs its device out.',
        security: [],
        body: z.object({ refresh: text() }),
        response: { 200: SignedIn },
      },
    },
    (request) => accounts.refresh(request.who, request.body),
  );

  app.post(
    '/sign-out',
    {
      schema: {
        tags,
        summary: 'Sign devices out',
        description: 'These devices of mine, all of them, or the one that asks when the body is empty.',
        body: z.object({ devices: z.array(id).optional(), all: z.boolean().optional() }).optional(),
        response: { 200: z.object({ signedOut: z.array(id) }) },
      },
    },
    (request) => accounts.signOut(request.who, request.body ?? {}),
  );

  app.get(
    '/me',
    { schema: { tags, summary: 'My account and profile', response: { 200: z.object({ account: Account, person: Profile }) } } },
    async ({ who }) => {
      const [account, person] = await Promise.all([accounts.me(who), people.profile(who, { id: who.person?.id })]);
      return { account, person };
    },
  );

  app.patch(
    '/me',
    {
      schema: {
        tags,
        summary: 'Change my profile',
        body: z
          .object({
            name: text().optional(),
            handle: text().optional(),
            about: text().optional(),
            interests: z.array(text()).optional(),
            avatar: z.null().optional().describe('Null takes the picture away; `PUT /v1/me/avatar` gives one.'),
            status: z
              .object({ emoji: text().nullable().optional(), text: text().nullable().optional(), until: text().nullable().optional() })
              .nullable()
              .optional()
              .describe('One emoji, at most 80 characters, and when it ends by itself; null takes it away.'),
          })
          .meta({ examples: [{ about: 'Grows tomatoes on a balcony.', interests: ['gardening', 'sourdough'] }] }),
        response: { 200: Profile },
      },
    },
    (request) => people.update(request.who, request.body),
  );

  app.put(
    '/me/password',
    { schema: { tags, summary: 'Change my password', body: z.object({ current: text(), next: text() }), response: { 204: nothing } } },
    async (request, reply) => {
      await accounts.changePassword(request.who, request.body);
      return reply.code(204).send();
    },
  );

  app.get(
    '/devices',
    { schema: { tags, summary: 'My signed-in devices', querystring: z.object(paging), response: { 200: listOf(Device) } } },
    async (request, reply) => list(request, reply, await accounts.devices(request.who, request.query)),
  );

  app.delete(
    '/devices/:device',
    { schema: { tags, summary: 'Sign one of my devices out', params: z.object({ device: id }), response: { 204: nothing } } },
    async (request, reply) => {
      await accounts.signOut(request.who, { devices: [request.params.device] });
      return reply.code(204).send();
    },
  );

  app.put(
    '/people/:person/role',
    {
      schema: {
        tags,
        summary: 'Give a person a role in the application',
        params: z.object({ person: id }),
        body: z.object({ role: words.applicationRole }),
        response: { 200: Account },
      },
    },
    (request) => accounts.setRole(request.who, { person: request.params.person, role: request.body.role }),
  );
}
