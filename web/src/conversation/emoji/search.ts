export interface Emoji {
  emoji: string;
  /** In the reader's language. */
  name: string;
  /** Without colons, the best known first. */
  codes: readonly string[];
  words: readonly string[];
  group: number;
}

/** An emoji as its data file has it. */
export interface Raw {
  emoji: string;
  annotation: string;
  group: number;
  shortcodes?: string[];
  tags?: string[];
}

/** The groups of the picker, by their numbers in the data: faces, people, nature, food, travel, doings, objects, signs, flags. */
export const groups = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const;

/** @param local the same in another language, for names and words to search for */
export function fromData(english: readonly Raw[], local: readonly Raw[] | null): Emoji[] {
  const names = new Map(local?.map((raw) => [raw.emoji, raw]));
  return english.flatMap((raw) => {
    if (!groups.some((group) => group === raw.group)) return [];
    const own = names.get(raw.emoji);
    const words = [...(raw.tags ?? []), ...raw.annotation.split(' '), ...(own?.tags ?? []), ...(own?.annotation.split(' ') ?? [])];
    return [
      {
        emoji: raw.emoji,
        name: own?.annotation ?? raw.annotation,
        codes: raw.shortcodes ?? [],
        words: [...new Set(words.map((word) => word.toLowerCase()))],
        group: raw.group,
      },
    ];
  });
}

/**
 * The best matches of a few letters: a short code that is it, then one that begins so (the shorter first), then words that
 * are it or begin so, then any part.
 */
export function searchEmoji(all: readonly Emoji[], query: string, most: number): Emoji[] {
  const wanted = query.trim().toLowerCase().replaceAll(' ', '_');
  if (wanted === '') return all.slice(0, most);
  const ranked = all.flatMap((emoji, index) => {
    const rank = rankOf(emoji, wanted);
    return rank === null ? [] : [{ emoji, rank, index }];
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, most)
    .map(({ emoji }) => emoji);
}

function rankOf({ codes, words }: Emoji, wanted: string): number | null {
  if (codes.includes(wanted)) return 0;
  const beginning = codes.filter((code) => code.startsWith(wanted)).map((code) => code.length);
  if (beginning.length > 0) return 2 - 1 / Math.min(...beginning);
  if (words.some((word) => word === wanted)) return 2;
  if (words.some((word) => word.startsWith(wanted))) return 3;
  if (codes.some((code) => code.includes(wanted))) return 4;
  return null;
}
