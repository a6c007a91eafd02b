/** The code that the system or a library gave an error, `ENOENT` say, or ''. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
