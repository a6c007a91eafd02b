/** GraphQL with typed documents: the schema's types are in `graphql-env.generated.d.ts`. */
import { type AnyVariables, Client, type CombinedError, cacheExchange, fetchExchange, type TypedDocumentNode } from '@urql/core';
import { initGraphQLTada } from 'gql.tada';
import { type ErrorCode, errors, PlazaError } from '../../../contracts/errors.ts';
import type { introspection } from './graphql-env.generated.d.ts';
import { client as plaza } from './session.ts';

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { ID: string; DateTime: string };
  disableMasking: true;
}>();
export { gql } from '@urql/core';
export type { ResultOf } from 'gql.tada';

export const urql = new Client({
  url: '/graphql',
  preferGetMethod: false,
  exchanges: [cacheExchange, fetchExchange],
  fetch: async (input, init) => {
    const token = await plaza.value?.token();
    const headers = new Headers(init?.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  },
});

/** Asks once, always fresh from the server. @throws PlazaError */
export async function ask<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { data, error } = await urql.query(document, variables, { requestPolicy: 'network-only' }).toPromise();
  if (error !== undefined || data === undefined) throw refusalOf(error);
  return data;
}

/** Changes something; queries of the kinds of things it answers are asked anew. @throws PlazaError */
export async function change<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { data, error } = await urql.mutation(document, variables).toPromise();
  if (error !== undefined || data === undefined) throw refusalOf(error);
  return data;
}

/** The server's refusal behind an error of urql; `unavailable` when nothing answered. */
export function refusalOf(error: CombinedError | undefined): PlazaError {
  const first = error?.graphQLErrors[0];
  if (first === undefined) return new PlazaError('unavailable');
  const { code, field, rule, limit, retryAfter } = first.extensions;
  return new PlazaError(isCode(code) ? code : 'internal', first.message, {
    ...(typeof field === 'string' && { field }),
    ...(typeof rule === 'string' && { rule }),
    ...(typeof limit === 'number' && { limit }),
    ...(typeof retryAfter === 'number' && { retryAfter }),
  });
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errors, code);
}
