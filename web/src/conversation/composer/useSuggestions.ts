import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import type { Person } from '../../../../contracts/nouns.ts';
import { ask, graphql } from '../../wire/graphql.ts';
import { allEmoji } from '../emoji/emoji.ts';
import { type Emoji, searchEmoji } from '../emoji/search.ts';
import { useEmoji } from '../emoji/usual.ts';
import { type Asked, askedAt, insert, replaced, type Text } from './textEdit.ts';

export type Suggestion =
  | { kind: 'person'; id: string; words: string; person: Pick<Person, 'id' | 'handle' | 'name' | 'avatar'> }
  | { kind: 'everyone'; id: string; words: string }
  | { kind: 'emoji'; id: string; words: string; emoji: Emoji };

const peopleQuery = graphql(`
  query MentionPeople($q: String) {
    people(q: $q, first: 8) {
      nodes { id: plainId handle name avatar }
    }
  }
`);

const mostShown = 8;
const afterMs = 120;

/**
 * Completes `@name` and `:smile` at the caret: people of the conversation first, then those whom the server finds.
 * @param near people to think of first; asked for only when an `@` is typed
 */
export function useSuggestions(near: () => readonly Pick<Person, 'id' | 'handle' | 'name' | 'avatar'>[], mayCallEveryone: () => boolean) {
  const asked = shallowRef<Asked | null>(null);
  const found = shallowRef<readonly Suggestion[]>([]);
  const active = ref(0);
  const open = computed(() => asked.value !== null && found.value.length > 0);
  let turn = 0;
  let timer = 0;
  let emoji: readonly Emoji[] = [];
  /** Closed by Escape: stays so until another word is begun. */
  let dismissed = -1;

  function show(suggestions: readonly Suggestion[]): void {
    found.value = suggestions.slice(0, mostShown);
    active.value = 0;
  }

  function look({ body, start, end }: Text): void {
    const next = start === end ? askedAt(body, start) : null;
    if (next === null) dismissed = -1;
    if (next === null || next.from === dismissed) return close();
    asked.value = next;
    if (next.sign === '@') lookForPeople(next.query);
    else void lookForEmoji(next.query);
  }

  function lookForPeople(query: string): void {
    const mine = ++turn;
    const wanted = query.toLowerCase();
    const here = near().filter(
      ({ handle, name }) =>
        fits(handle, wanted) ||
        name
          .toLowerCase()
          .split(' ')
          .some((part) => fits(part, wanted)),
    );
    const all = mayCallEveryone() && 'everyone'.startsWith(wanted) ? [everyoneSuggestion()] : [];
    show([...here.slice(0, mostShown - all.length).map(personSuggestion), ...all]);
    window.clearTimeout(timer);
    if (here.length >= mostShown || query === '') return;
    timer = window.setTimeout(async () => {
      const { people } = await ask(peopleQuery, { q: query }).catch(() => ({ people: { nodes: [] } }));
      if (mine !== turn) return;
      const known = new Set(here.map(({ id }) => id));
      const others = people.nodes.filter(({ id }) => !known.has(id));
      const { value: at } = active;
      show([...here.map(personSuggestion), ...others.map(personSuggestion), ...all]);
      active.value = Math.min(at, Math.max(0, found.value.length - 1));
    }, afterMs);
  }

  async function lookForEmoji(query: string): Promise<void> {
    const mine = ++turn;
    if (emoji.length === 0) emoji = await allEmoji().catch(() => []);
    if (mine !== turn) return;
    show(searchEmoji(emoji, query, mostShown).map((one) => ({ kind: 'emoji', id: one.emoji, words: one.emoji, emoji: one })));
  }

  function close(): void {
    turn++;
    window.clearTimeout(timer);
    if (asked.value !== null) asked.value = null;
  }

  onScopeDispose(close);
  return {
    open,
    found,
    active,
    asked,
    look,
    close,
    dismiss() {
      dismissed = asked.value?.from ?? -1;
      close();
    },
    move(step: 1 | -1) {
      active.value = (active.value + step + found.value.length) % found.value.length;
    },
    /** The text with a suggestion put in. */
    take(text: Text, index = active.value): Text {
      const { value: now } = asked;
      const chosen = found.value[index];
      close();
      if (now === null || chosen === undefined) return text;
      if (chosen.kind === 'emoji') useEmoji(chosen.words);
      const space = text.body[text.end] === ' ' ? '' : ' ';
      return insert({ body: text.body, start: now.from, end: text.end }, chosen.words + space);
    },
    /** `:tada:` written out becomes its emoji; null where none is called so. The text may have gone on meanwhile. */
    async spelled({ body, start }: Text): Promise<((text: Text) => Text) | null> {
      const code = /(?:^|\s):([a-z0-9_+-]+):$/.exec(body.slice(Math.max(0, start - 40), start))?.[1];
      if (code === undefined) return null;
      if (emoji.length === 0) emoji = await allEmoji().catch(() => []);
      const one = emoji.find(({ codes }) => codes.includes(code));
      const from = start - code.length - 2;
      return one === undefined ? null : (text) => replaced(text, from, `:${code}:`, one.emoji);
    },
  };
}

function fits(word: string, wanted: string): boolean {
  return word.toLowerCase().startsWith(wanted);
}

function personSuggestion(person: Pick<Person, 'id' | 'handle' | 'name' | 'avatar'>): Suggestion {
  return { kind: 'person', id: person.id, words: `@${person.handle}`, person };
}

function everyoneSuggestion(): Suggestion {
  return { kind: 'everyone', id: 'everyone', words: '@everyone' };
}
