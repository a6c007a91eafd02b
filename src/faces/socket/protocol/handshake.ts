/** How an HTTP request becomes a WebSocket (RFC 6455 §4.2). */
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The only one there ever was besides drafts. */
export const version = '13';

/** Appended to every key, so that nobody answers by chance (§1.3). */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Sixteen bytes in Base64. */
const keyPattern = /^[+/0-9A-Za-z]{22}==$/;

/** What is wrong with a request to become a WebSocket, as a sentence; null if nothing is. */
export function wrongWith({ method, headers }: IncomingMessage): string | null {
  if (method !== 'GET') return 'A WebSocket begins with GET.';
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 'The header Upgrade must be "websocket".';
  if (headers['sec-websocket-version'] !== version) return `The header Sec-WebSocket-Version must be ${version}.`;
  if (!keyPattern.test(headers['sec-websocket-key'] ?? '')) return 'The header Sec-WebSocket-Key must be 16 bytes in Base64.';
  return null;
}

export function offeredProtocols({ headers }: IncomingMessage): string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}

/** The answer after which both sides speak frames. */
export function switching({ headers }: IncomingMessage, protocol: string): string {
  const accept = hash('sha1', `${headers['sec-websocket-key']}${guid}`, 'base64');
  return (
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
    `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n`
  );
}
