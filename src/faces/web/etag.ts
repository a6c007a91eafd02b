import { createHash } from 'node:crypto';

/** Names this content, in whatever encoding it goes out. */
export function etagOf(content: Buffer | string): string {
  return `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}
