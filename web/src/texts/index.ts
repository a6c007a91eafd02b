/** What the page says, in the reader's language: `t('chat.send')`. Sentences are ICU messages, whole, never glued. */
import { computed, ref, shallowRef } from 'vue';
import { format, type Message, parse, type Values } from '../../../markup/icu.ts';
import en from './en/index.ts';

export type TextKey = keyof typeof en;
type Texts = Record<TextKey, string>;

/** A language is a folder beside this file, with the same keys as English. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

const loaders: Record<Language, () => Promise<{ default: Texts }>> = {
  en: async () => ({ default: en }),
  de: () => import('./de/index.ts'),
};
const kept = 'plaza.look.language';

const texts = shallowRef<Texts>(en);
const current = ref<Language>('en');
const messages = new Map<string, Message>();

export const language = computed(() => current.value);

/** The text of a key with its values put in; follows the language when used in a template. */
export function t(key: TextKey, values?: Values): string {
  const text = texts.value[key];
  if (values === undefined && !text.includes('{') && !text.includes("'")) return text;
  const place = `${current.value} ${key}`;
  const message = messages.get(place) ?? parse(text);
  messages.set(place, message);
  return format(message, current.value, values ?? {});
}

/** Whether there is a text of this key, for keys that come from elsewhere. */
export function hasText(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}

export async function setLanguage(next: Language): Promise<void> {
  texts.value = (await loaders[next]()).default;
  current.value = next;
  document.documentElement.lang = next;
  localStorage.setItem(kept, next);
}

/** The one chosen here before, else the first of the browser's that there is. */
export async function startLanguage(): Promise<void> {
  const wanted = [localStorage.getItem(kept), ...navigator.languages].map((tag) => tag?.split('-')[0]);
  const found = wanted.find((tag): tag is Language => tag !== undefined && Object.hasOwn(languages, tag)) ?? 'en';
  if (found !== 'en') await setLanguage(found);
}
