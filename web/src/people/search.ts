import { refDebounced } from '@vueuse/core';
import { computed, type Ref } from 'vue';
import type { Person } from '../../../contracts/nouns.ts';
import { similarity } from '../app/fuzzy.ts';
import { ask, graphql, type ResultOf } from '../wire/graphql.ts';
import { useQuery } from '../wire/query.ts';
import { me } from '../wire/session.ts';

const peopleQuery = graphql(`
  query FindPeople($q: String) {
    people(q: $q, first: 20) {
      nodes {
        id
        plainId
        handle
        name
        avatar
        bot
      }
    }
  }
`);

const firstPeople = graphql(`
  query FirstPeople($q: String!) { people(q: $q, first: 8) { nodes { id: plainId handle name avatar bot } } }
`);

export type PickedPerson = ResultOf<typeof peopleQuery>['people']['nodes'][number];

/** The first few people whose name or handle has this part. @throws PlazaError */
export async function findPeople(q: string): Promise<readonly Person[]> {
  return (await ask(firstPeople, { q: q.trim().replace(/^@/, '') })).people.nodes;
}

/** People whose name or handle has this part, while it is typed; oneself left out. */
export function usePeopleSearch(q: Ref<string>) {
  const asked = refDebounced(q, 150);
  const { data, loading, error } = useQuery(peopleQuery, () => ({ q: asked.value.trim().slice(0, 80) }));
  /** What is shown was asked for before the last letters. */
  const isOld = computed(() => asked.value !== q.value);
  const found = computed(() => {
    const others = (data.value?.people.nodes ?? []).filter((person) => person.plainId !== me.value?.id);
    // Whoever types a name and presses Enter means nobody else.
    return isOld.value ? others.filter(({ name, handle }) => similarity(q.value, name) > 0 || similarity(q.value, handle) > 0) : others;
  });
  return { found, loading: computed(() => loading.value || isOld.value), error };
}
