/** What the address of a community of this name will look like; the server has the last word. */
export function slugOf(name: string): string {
  const letters = name
    .normalize('NFKD')
    .replace(/(?<=\p{Script=Latin})\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-');
  const short = [...letters]
    .slice(0, 50)
    .join('')
    .replace(/^-+|-+$/g, '');
  return /^\d+$/.test(short) ? `c-${short}` : short;
}
