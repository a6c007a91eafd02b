import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Doors } from '../../domains/doors.ts';
import type { Answers } from '../../kit/answers.ts';
import { accountRoutes } from './accounts.ts';
import { applicationRoutes } from './applications.ts';
import { avatarRoutes } from './avatar.ts';
import { channelRoutes } from './channels.ts';
import { chatRoutes } from './chats.ts';
import { codeRoutes } from './codes.ts';
import { communityRoutes } from './communities.ts';
import { discussionRoutes } from './discussions.ts';
import { keepAnswers } from './idempotency.ts';
import { markRoutes } from './marks.ts';
import { membershipRoutes } from './memberships.ts';
import { messageRoutes } from './messages.ts';
import { moderationRoutes } from './moderation.ts';
import { describe } from './openapi.ts';
import { peopleRoutes } from './people.ts';
import { personalRoutes } from './personal.ts';
import { placeRoutes } from './place.ts';

export interface RestDeps {
  doors: Doors;
  answers: Answers;
  /** Seals kept answers; the same in all processes of one database. */
  secret: string;
}

export { describe };

const domains = [
  accountRoutes,
  codeRoutes,
  avatarRoutes,
  personalRoutes,
  peopleRoutes,
  placeRoutes,
  communityRoutes,
  membershipRoutes,
  moderationRoutes,
  channelRoutes,
  discussionRoutes,
  messageRoutes,
  markRoutes,
  applicationRoutes,
  chatRoutes,
];

/** Milliseconds after which a request is answered with `unavailable`, whatever became of it. */
const longestAnswer = 20_000;

/** All of /v1 but the open connections. Its own scope, so that zod speaks only for these routes. */
export async function restFace(app: FastifyInstance, { doors, answers, secret }: RestDeps): Promise<void> {
  const v1: FastifyPluginAsync = async (scope) => {
    // A missing body reaches validators as null; here it is what zod takes for missing.
    scope.setValidatorCompiler<z.ZodType>((route) => {
      const validate = validatorCompiler(route);
      return (data: unknown) => validate(data ?? undefined);
    });
    // What goes out is typed by the same schemas; checking it again at run time would only cost.
    scope.setSerializerCompiler(() => JSON.stringify);
    scope.addHook('onRoute', (route) => {
      route.handlerTimeout = longestAnswer;
    });
    keepAnswers(scope, answers, secret);
    const rest = scope.withTypeProvider<ZodTypeProvider>();
    for (const routes of domains) routes(rest, doors);
    scope.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  };
  await app.register(v1, { prefix: '/v1' });
}
