import type { FastifyInstance } from 'fastify';
import type { Doors } from '../../domains/doors.ts';
import { guest } from '../../domains/policy/index.ts';
import { foreseen } from '../http/problem.ts';
import type { Limits } from '../limits.ts';
import { type Content, send, sendText } from './send.ts';

export const manifestPath = '/manifest.webmanifest';

/** How an installed page is called: by the name of the place, which is asked anew each time; as built where that cannot be told. */
export function manifestRoute(app: FastifyInstance, { doors, file, limits }: { doors: Doors; file: Content; limits: Limits }): void {
  const built: object = JSON.parse(file.raw.toString());
  app.get(manifestPath, { schema: { hide: true } }, async (request, reply) => {
    reply.header('cache-control', 'no-cache');
    const who = guest(request.ip);
    if (!limits.take(who).allowed) return send(request, reply, file);
    try {
      const { name } = await doors.applications.place(who);
      return await sendText(request, reply, file.type, JSON.stringify({ ...built, name, short_name: name }));
    } catch (error) {
      if (foreseen(error) === null) throw error;
      return send(request, reply, file);
    }
  });
}
