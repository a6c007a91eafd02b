import { format, type Message, parse, type Values } from '../../markup/icu.ts';

/** The texts of one language: `t('comments', { count: 3 })`. They are ICU messages, as the page's are. */
export function createTexts<Key extends string>(language: string, texts: Readonly<Record<Key, string>>) {
  const messages = new Map<Key, Message>();
  return (key: Key, values: Values = {}): string => {
    const message = messages.get(key) ?? parse(texts[key]);
    messages.set(key, message);
    return format(message, language, values);
  };
}

/**
 * The language that a reader likes best of those there are, by an `Accept-Language` (RFC 9110); the first of those there
 * are when none is named. `de-AT` is content with `de`.
 */
export function likedBest<Language extends string>(header: string | undefined, languages: readonly [Language, ...Language[]]): Language {
  const wishes = (header ?? '').slice(0, 500).split(',');
  const weighed = wishes.map((wish) => {
    const [tag = '', ...settings] = wish.toLowerCase().split(';');
    const weight = settings.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find((one) => one !== undefined);
    return { language: tag.trim().split('-')[0], weight: weight === undefined ? 1 : Number(weight) };
  });
  const [best] = weighed
    .flatMap(({ language, weight }) => {
      const known = languages.find((one) => one === language);
      return known !== undefined && weight > 0 ? [{ known, weight }] : [];
    })
    .toSorted((a, b) => b.weight - a.weight);
  return best?.known ?? languages[0];
}
