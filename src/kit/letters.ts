/** Letters that Unicode does not take apart into a base letter and a mark. */
const spelled: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };

/** Lower-case Latin letters that have no accent to take off, spelled with a to z: `straße` → `strasse`. */
export function spellOut(text: string): string {
  return text.replace(/[ßæœøłđðþı]/g, (letter) => spelled[letter] ?? letter);
}
