import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { addressOf } from './address.ts';
import type { Draining } from './draining.ts';
import { pathOf } from './problem.ts';

/** A face that speaks over an upgraded connection. */
export interface Upgrades {
  /** @param address who speaks, as far as proxies are trusted */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer, address: string): void;
}

function cut(this: Duplex): void {
  this.destroy();
}

/** Hands connections that want to be something else than HTTP to the face of their path. */
export function routeUpgrades(
  app: FastifyInstance,
  faces: Readonly<Record<string, Upgrades>>,
  { trusted, draining }: { trusted: (address: string) => boolean; draining: Draining },
): void {
  app.server.on('upgrade', (request, connection, head) => {
    draining.track(connection);
    // From here on Node listens no more for errors of this connection, and one that nobody hears ends the process.
    connection.on('error', cut);
    const path = pathOf({ url: request.url ?? '' });
    const face = Object.hasOwn(faces, path) ? faces[path] : undefined;
    if (face && !draining.isOn()) face.upgrade(request, connection, head, addressOf(request, trusted));
    else connection.end(`HTTP/1.1 ${face ? '503 Service Unavailable' : '404 Not Found'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
}
