/**
 * Arrays as PostgreSQL reads them, for statements that take a thousand rows at a time: the driver quotes and escapes
 * every element, which for numbers and ids is most of the work.
 */

/** Ids and numbers of our own, never what a caller wrote: a comma in one would make two. Cast it: `${numbers(ids)}::bigint[]`. */
export function numbers(values: readonly (string | number | null)[]): string {
  const all = values.includes(null) ? values.map((value) => value ?? 'null') : values;
  return `{${all.join()}}`;
}

/** U+001F. */
const separator = '\x1f';

/**
 * Texts of any kind, as the parts of one parameter; null and an empty one are read as null. To be read with
 * `string_to_array(${texts(bodies)}, E'\\x1f', '')`.
 * @throws for a text with U+001F in it: what people write has lost its control characters before it comes here
 */
export function texts(values: readonly (string | null)[]): readonly string[] {
  for (const value of values) if (value?.includes(separator)) throw new Error('A text with U+001F cannot be sent among others.');
  const last = values.length - 1;
  return values.map((value, i) => (i < last ? `${value ?? ''}${separator}` : (value ?? '')));
}
