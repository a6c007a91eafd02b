/**
 * A `timestamptz::text` in ISO 8601, to the millisecond: `2026-03-01 12:00:00.5+00` → `2026-03-01T12:00:00.500Z`. For rows
 * that are read by the hundred: a Date that only becomes text again costs ten times as much. Connections speak UTC.
 */
export function isoTime(text: string): string {
  const fraction = text.charAt(19) === '.' ? text.slice(20, text.indexOf('+', 20)) : '';
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}
