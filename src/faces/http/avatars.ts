import type { FastifyInstance } from 'fastify';
import { PlazaError } from '../../../contracts/errors.ts';
import type { People } from '../../domains/people/index.ts';

/** People's pictures. Another picture has another address, so browsers may keep each for good. */
export function avatarPictures(app: FastifyInstance, people: Pick<People, 'avatar'>): void {
  app.get<{ Params: { hash: string } }>('/avatars/:hash', { schema: { hide: true } }, async (request, reply) => {
    const { hash } = request.params;
    const image = await people.avatar(hash);
    if (image === null) throw new PlazaError('not_found');
    reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('etag', `"${hash}"`);
    if (request.headers['if-none-match']?.includes(`"${hash}"`)) return reply.code(304).send();
    return reply.type('image/webp').send(image);
  });
}
