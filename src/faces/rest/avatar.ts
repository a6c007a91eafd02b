import { z } from 'zod';
import type { Doors } from '../../domains/doors.ts';
import type { RestApp } from './app.ts';
import { Profile } from './schemas.ts';

/** As much as the domain takes, and a little more, so that the domain says what is too much. */
const bodyBytes = 5 * 1024 * 1024 + 1024;

/** The one route whose body is no JSON, in a scope of its own: nowhere else a picture is understood. */
export function avatarRoutes(app: RestApp, { people }: Doors): void {
  app.register((scope: RestApp, _options, done) => {
    scope.addContentTypeParser(/^image\//, { parseAs: 'buffer', bodyLimit: bodyBytes }, (_request, body, done) => done(null, body));
    scope.put(
      '/me/avatar',
      {
        bodyLimit: bodyBytes,
        schema: {
          tags: ['Accounts'],
          summary: 'Give myself a picture',
          description:
            'The file itself as the body: PNG, JPEG, WebP, AVIF or GIF, at most 5 MB. It is cut to a square of 256 pixels. `PATCH /v1/me` with `avatar: null` takes it away.',
          consumes: ['image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/gif'],
          body: z.any().meta({ type: 'string', format: 'binary' }),
          response: { 200: Profile },
        },
      },
      ({ who, body }) => people.setAvatar(who, body instanceof Uint8Array ? body : new Uint8Array()),
    );
    done();
  });
}
