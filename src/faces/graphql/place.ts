import type { Place as PlaceShape } from '../../domains/applications/index.ts';
import { builder } from './builder.ts';
import { globalId } from './ids.ts';

const Place = builder.objectRef<PlaceShape>('Place').implement({
  description: 'Where you are, as anybody may see it.',
  fields: (t) => ({
    id: t.id({
      description: "The application's global id, as `changeApplication` takes it.",
      resolve: ({ id }) => globalId('Application', id),
    }),
    name: t.exposeString('name', { description: 'Its name.' }),
    adminWanted: t.exposeBoolean('adminWanted', { description: 'Nobody runs it yet: whoever has the first-admin link may.' }),
    mayCreateCommunity: t.exposeBoolean('mayCreateCommunity', { description: 'You may make a community.' }),
  }),
});

builder.queryField('place', (t) =>
  t.field({
    type: Place,
    description: 'Where you are; asked by anybody.',
    resolve: (_root, _args, ctx) => ctx.doors.applications.place(ctx.who),
  }),
);
