/**
 * Something outside of the program is not as it must be: said to the person at the terminal in one sentence and what
 * to do, without a stack.
 */
export class Advice extends Error {
  override readonly name = 'Advice';
}
