/** Emoji that this person uses, most often first: for one press. They stay on this device. */
const place = 'plaza.look.emoji';
const atFirst = ['👍', '❤️', '😂', '🎉', '🙏', '👀'];
const mostKept = 60;

type Uses = Record<string, number>;

/** @param count how many */
export function usualEmoji(count = 3): string[] {
  const used = Object.entries(uses()).sort(([, a], [, b]) => b - a);
  return [...new Set([...used.filter(([, times]) => times > 1).map(([emoji]) => emoji), ...atFirst])].slice(0, count);
}

/** Those used so far, most often first. */
export function usedEmoji(): string[] {
  return Object.entries(uses())
    .sort(([, a], [, b]) => b - a)
    .map(([emoji]) => emoji);
}

/** Remembers that an emoji was picked. */
export function useEmoji(emoji: string): void {
  const now = uses();
  now[emoji] = (now[emoji] ?? 0) + 1;
  const kept = Object.entries(now)
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostKept);
  localStorage.setItem(place, JSON.stringify(Object.fromEntries(kept)));
}

function uses(): Uses {
  try {
    return JSON.parse(localStorage.getItem(place) ?? '{}') as Uses;
  } catch {
    // Not written by this page; the next use replaces it.
    return {};
  }
}
