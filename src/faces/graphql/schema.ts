import { defaultFieldResolver, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import './accounts.ts';
import './applications.ts';
import './bookmarks.ts';
import './channels.ts';
import './communities.ts';
import './conversations.ts';
import './discussions.ts';
import './drafts.ts';
import './may.ts';
import './membership.ts';
import './messages.ts';
import './moderation.ts';
import './nodes.ts';
import './people.ts';
import './place.ts';
import './posting.ts';
import './reactions.ts';
import './subscriptions.ts';
import { builder } from './builder.ts';
import { type Context, startAfresh } from './context.ts';

/** The whole schema. It holds nothing of a running server: that comes with each request's context. */
export function createSchema(): GraphQLSchema {
  const schema = builder.toSchema();
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) guard(type);
  return schema;
}

/**
 * At the root of each operation: a caller whose token is not good is told so, except who comes for a new one; and what
 * was loaded before a change is forgotten after it.
 */
function guard(type: GraphQLObjectType | null | undefined): void {
  for (const field of Object.values(type?.getFields() ?? {})) {
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = async (source: unknown, args, context: Context, info) => {
      if (context.refusal !== null && field.name !== 'refresh') throw context.refusal;
      if (type?.name === 'Subscription') startAfresh(context);
      const answer: unknown = await resolve(source, args, context, info);
      if (type?.name === 'Mutation') startAfresh(context);
      return answer;
    };
    const subscribe = field.subscribe;
    if (subscribe === undefined) continue;
    field.subscribe = (source, args, context: Context, info) => {
      if (context.refusal !== null) throw context.refusal;
      return subscribe(source, args, context, info);
    };
  }
}
