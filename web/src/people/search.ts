import { refDebounced } from '@vueuse/core';
import { computed, type Ref, shallowRef, watch } from 'vue';
import type { Person } from '../../../contracts/nouns.ts';
import { containing, similarity } from '../app/fuzzy.ts';
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
  const { data, loading: asking, error } = useQuery(peopleQuery, () => ({ q: asked.value.trim().slice(0, 80) }));
  const answered = shallowRef<readonly PickedPerson[]>([]);
  watch(data, (now) => {
    if (now !== null) answered.value = now.people.nodes.filter((person) => person.plainId !== me.value?.id);
  });
  /** What is shown was asked for before the last letters. */
  const loading = computed(() => asking.value || asked.value !== q.value);
  // Whoever types a name and presses Enter means nobody else.
  const found = computed(() => (loading.value ? answered.value.filter((person) => has(person, q.value)) : answered.value));
  return { found, loading, error };
}

function has({ name, handle }: PickedPerson, part: string): boolean {
  return part.trim() === '' || Math.max(similarity(part, name), similarity(part, handle)) >= containing;
}
