import type { Profile, Status as StatusNoun } from '../../../contracts/nouns.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { personId, plainIdIf } from './ids.ts';
import { connection, forward, listCost, pageOf } from './lists.ts';
import { Person, PersonConnection, type PersonShape } from './nouns.ts';

async function profileOf(person: PersonShape, ctx: Context): Promise<Partial<Profile>> {
  return person.createdAt === undefined ? ((await ctx.load.person.load(person.id)) ?? {}) : person;
}

const Status = builder.objectRef<StatusNoun>('Status').implement({
  description: 'What a person says of the present.',
  fields: (t) => ({
    emoji: t.exposeString('emoji', { description: 'One emoji, or empty.' }),
    text: t.exposeString('text', { description: 'A few words.' }),
    until: t.expose('until', { type: 'DateTime', nullable: true, description: 'When it ends by itself; null when it does not.' }),
  }),
});

const StatusInput = builder.inputType('StatusInput', {
  description: 'What you say of the present.',
  fields: (t) => ({
    emoji: t.string({ description: 'One emoji.' }),
    text: t.string({ description: 'At most 80 characters.' }),
    until: t.field({ type: 'DateTime', description: 'When it ends by itself: a time in the future.' }),
  }),
});

Person.implement({
  description: 'What others see of an account; a bot is a person too.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({ description: 'Global id.', resolve: (person) => personId(person.id) }),
    plainId: t.exposeString('id', { description: 'The id as REST and the socket have it.' }),
    handle: t.exposeString('handle', { description: 'Unique in the application, without the @.' }),
    name: t.exposeString('name', { description: 'The name shown.' }),
    bot: t.exposeBoolean('bot', { description: 'A program, not somebody.' }),
    about: t.string({
      nullable: true,
      description: 'What the person tells about itself.',
      resolve: async (person, _args, ctx) => (await profileOf(person, ctx)).about,
    }),
    interests: t.stringList({
      nullable: true,
      complexity: 1,
      description: 'Subjects the person cares for.',
      resolve: async (person, _args, ctx) => (await profileOf(person, ctx)).interests,
    }),
    avatar: t.exposeString('avatar', {
      nullable: true,
      description: 'Path of the picture, which never changes what it shows; null where none was uploaded.',
    }),
    status: t.field({
      type: Status,
      nullable: true,
      description: 'What the person says of the present.',
      resolve: async (person, _args, ctx) => (await profileOf(person, ctx)).status,
    }),
    createdAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the person came.',
      resolve: async (person, _args, ctx) => (await profileOf(person, ctx)).createdAt,
    }),
  }),
});

builder.queryFields((t) => ({
  people: t.field({
    type: PersonConnection,
    description: 'The directory: by part of a name or handle, best match first; without `q`, by age.',
    args: { q: t.arg.string({ description: 'Part of a name or handle; accents and case do not matter.' }), ...forward },
    complexity: listCost(10),
    resolve: async (_root, args, ctx) => connection(await ctx.doors.people.search(ctx.who, { q: args.q ?? undefined }, pageOf(args))),
  }),
  person: t.field({
    type: Person,
    nullable: true,
    description: 'One person, by id or by handle.',
    args: { id: t.arg.id({ description: "The person's id." }), handle: t.arg.string({ description: 'The handle, `ana` or `@ana`.' }) },
    resolve: (_root, args, ctx) =>
      ctx.doors.people.profile(ctx.who, { id: plainIdIf('Person', args.id, 'id'), handle: args.handle ?? undefined }),
  }),
}));

const PersonPayload = builder.objectRef<{ person: PersonShape }>('PersonPayload').implement({
  description: 'A changed person.',
  fields: (t) => ({ person: t.expose('person', { type: Person, description: 'The person as it is now.' }) }),
});

builder.mutationField('updateProfile', (t) =>
  t.field({
    type: PersonPayload,
    description: 'Changes your own profile; what is left out stays.',
    args: {
      name: t.arg.string({ description: 'The name shown.' }),
      handle: t.arg.string({ description: 'A new handle.' }),
      about: t.arg.string({ description: 'About you.' }),
      interests: t.arg.stringList({ description: 'Subjects you care for.' }),
      avatar: t.arg.string({ description: 'Only null, which takes the picture away; `setAvatar` gives one.' }),
      status: t.arg({ type: StatusInput, description: 'What you say of the present; null takes it away.' }),
    },
    resolve: async (_root, args, ctx) => ({
      person: await ctx.doors.people.update(ctx.who, {
        name: args.name ?? undefined,
        handle: args.handle ?? undefined,
        about: args.about ?? undefined,
        interests: args.interests ?? undefined,
        avatar: args.avatar,
        status: args.status,
      }),
    }),
  }),
);

/** Reads a picture, for which there are few places at once: one request must not take them all. */
const reading = 5_000;

builder.mutationField('setAvatar', (t) =>
  t.field({
    type: PersonPayload,
    description:
      'Gives you a picture: a PNG, JPEG, WebP, AVIF or GIF, which is cut to a square of 256 pixels. A request to this face has at most 256 kB; larger pictures, up to 5 MB, go to REST: `PUT /v1/me/avatar`.',
    complexity: reading,
    args: { image: t.arg.string({ required: true, description: 'The file, in base64.' }) },
    resolve: async (_root, args, ctx) => ({ person: await ctx.doors.people.setAvatar(ctx.who, Buffer.from(args.image, 'base64')) }),
  }),
);
