/** The page speaks of things by their plain ids, as addresses and the socket have them; GraphQL's arguments want global ones. */
export function globalId(kind: 'Channel' | 'Community' | 'Person', id: string): string {
  return btoa(`${kind}:${id}`).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');
}
