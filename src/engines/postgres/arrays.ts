/**
 * Arrays as PostgreSQL reads them, for statements that take a thousand rows at a time: the driver quotes and escapes
 * every element, which for numbers and ids is most of the work.
 */

/** Ids and numbers of our own, never what a caller wrote: a comma in one would make two. Cast it: `${numbers(ids)}::bigint[]`. */
export function numbers(values: readonly (string | number | null)[]): string {
  return `{${values.map((value) => value ?? 'null').join()}}`;
}
