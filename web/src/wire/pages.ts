import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { computed, onScopeDispose, readonly, type ShallowRef, shallowRef, watch } from 'vue';
import { asRefusal, type PlazaError } from '../../../contracts/errors.ts';
import { ask } from './graphql.ts';

interface Connection<Node> {
  nodes: readonly Node[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export interface Pages<Node> {
  nodes: Readonly<ShallowRef<readonly Node[]>>;
  loading: Readonly<ShallowRef<boolean>>;
  error: Readonly<ShallowRef<PlazaError | null>>;
  /** True while there is more to load. */
  more: Readonly<ShallowRef<boolean>>;
  /** The next page, or again the one that failed. */
  load(): Promise<void>;
  /** From the beginning; what is shown stays until the answer is here. */
  again(): Promise<void>;
}

/** A list by cursor, page after page, that begins anew when its variables change. */
export function usePages<Data, Variables extends AnyVariables & { after?: string | null }, Node>(
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Omit<Variables, 'after'> | null,
  pick: (data: Data) => Connection<Node> | null | undefined,
): Pages<Node> {
  const nodes = shallowRef<readonly Node[]>([]);
  const error = shallowRef<PlazaError | null>(null);
  const loading = shallowRef(true);
  const next = shallowRef<string | null>(null);
  const ended = shallowRef(false);
  let turn = 0;

  async function fetchPage(fresh: boolean): Promise<void> {
    const given = variables();
    if (given === null) return;
    const mine = ++turn;
    loading.value = true;
    error.value = null;
    try {
      const data = await ask(document, { ...given, after: fresh ? null : next.value } as unknown as Variables);
      if (mine !== turn) return;
      const page = pick(data);
      nodes.value = fresh ? (page?.nodes ?? []) : [...nodes.value, ...(page?.nodes ?? [])];
      next.value = page?.pageInfo.endCursor ?? null;
      ended.value = page?.pageInfo.hasNextPage !== true;
    } catch (problem) {
      if (mine === turn) error.value = asRefusal(problem);
    } finally {
      if (mine === turn) loading.value = false;
    }
  }

  watch(
    () => JSON.stringify(variables()),
    () => {
      nodes.value = [];
      ended.value = false;
      void fetchPage(true);
    },
    { immediate: true },
  );
  onScopeDispose(() => turn++);
  return {
    nodes: readonly(nodes) as Pages<Node>['nodes'],
    loading: readonly(loading),
    error: readonly(error) as Pages<Node>['error'],
    more: computed(() => !ended.value && error.value === null),
    load: () => (loading.value ? Promise.resolve() : fetchPage(nodes.value.length === 0)),
    again: () => fetchPage(true),
  };
}
