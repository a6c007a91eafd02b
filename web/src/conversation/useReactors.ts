import { ref, watch } from 'vue';
import { ask, graphql } from '../wire/graphql.ts';
import { globalId } from '../wire/ids.ts';

export const Reactors = graphql(`
  query Reactors($channel: ID!, $around: Int!) {
    channel(id: $channel) {
      messages(around: $around, first: 1) {
        nodes {
          number
          reactions {
            emoji
            count
            people(first: 50) {
              nodes { id: plainId handle name avatar }
            }
          }
        }
      }
    }
  }
`);

const mostNamed = 8;

/** The first names of those who gave an emoji, asked for when somebody looks. */
export function useReactors(given: () => { channel: string; number: number; emoji: string; count: number }) {
  const names = ref<string[]>([]);
  let asked = false;

  async function load(): Promise<void> {
    if (asked) return;
    asked = true;
    const { channel, number, emoji } = given();
    try {
      const { channel: found } = await ask(Reactors, { channel: globalId('Channel', channel), around: number });
      const reaction = found?.messages.nodes[0]?.reactions.find((one) => one.emoji === emoji);
      names.value = reaction?.people.nodes.slice(0, mostNamed).map(({ name }) => name) ?? [];
    } catch {
      // The number alone is shown; the next look asks again.
      asked = false;
    }
  }

  watch(
    () => given().count,
    () => {
      asked = false;
      names.value = [];
    },
  );
  return { names, load };
}
