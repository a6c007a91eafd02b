import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { onScopeDispose, readonly, type ShallowRef, shallowRef, watch } from 'vue';
import type { PlazaError } from '../../../contracts/errors.ts';
import { refusalOf, urql } from './graphql.ts';

export interface Query<Data> {
  /** The last answer; stays while a newer one is on the way. */
  data: Readonly<ShallowRef<Data | null>>;
  error: Readonly<ShallowRef<PlazaError | null>>;
  /** True until the first answer to the present variables. */
  loading: Readonly<ShallowRef<boolean>>;
  again(): void;
}

/** A query that follows its variables; null variables ask nothing. Shows what is known at once, and asks anew behind it. */
export function useQuery<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Variables | null,
): Query<Data> {
  const data = shallowRef<Data | null>(null);
  const error = shallowRef<PlazaError | null>(null);
  const loading = shallowRef(true);
  let stop = () => {};

  function run(given: Variables | null): void {
    stop();
    if (given === null) return;
    const asked = urql.query(document, given, { requestPolicy: 'cache-and-network' }).subscribe((result) => {
      if (result.data !== undefined) data.value = result.data;
      error.value = result.error === undefined ? null : refusalOf(result.error);
      loading.value = false;
    });
    stop = () => asked.unsubscribe();
  }

  watch(
    variables,
    (given, before) => {
      if (before !== undefined && JSON.stringify(given) === JSON.stringify(before)) return;
      data.value = null;
      loading.value = true;
      run(given);
    },
    { immediate: true },
  );
  onScopeDispose(() => stop());
  return {
    data: readonly(data) as Query<Data>['data'],
    error: readonly(error) as Query<Data>['error'],
    loading: readonly(loading),
    again: () => run(variables()),
  };
}
