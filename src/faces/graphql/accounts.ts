import type { Person as PersonNoun } from '../../../contracts/nouns.ts';
import type { Account as AccountDoor, Device as DeviceDoor, SignedIn, Tokens as TokensDoor } from '../../domains/accounts/index.ts';
import { builder } from './builder.ts';
import { InvitationConnection } from './communities.ts';
import { globalId, plainId, plainIdIf } from './ids.ts';
import { connection, forward, listCost, pageOf } from './lists.ts';
import { ApplicationRole, Channel, CommunityConnection, DonePayload, Person } from './nouns.ts';

const Account = builder.objectRef<AccountDoor>('Account').implement({
  description: 'What signs in. Only its owner and admins see it.',
  fields: (t) => ({
    id: t.id({ description: 'Global id.', resolve: (account) => globalId('Account', account.id) }),
    plainId: t.exposeString('id', { description: 'The id as REST and the socket have it.' }),
    email: t.exposeString('email', { description: 'The address to sign in with.' }),
    emailVerified: t.exposeBoolean('emailVerified', { description: 'The address was proven by a code.' }),
    role: t.expose('role', { type: ApplicationRole, description: 'The role in the whole place.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const Tokens = builder.objectRef<TokensDoor>('Tokens').implement({
  description: 'What a signed-in device speaks with.',
  fields: (t) => ({
    access: t.exposeString('access', { description: 'Send it as `Authorization: Bearer …`. Good for 15 minutes.' }),
    accessExpiresAt: t.expose('accessExpiresAt', { type: 'DateTime', description: 'When the access token ends.' }),
    refresh: t.exposeString('refresh', { description: 'Gives the next pair of tokens, once. Good for 30 days.' }),
  }),
});

const Device = builder.objectRef<DeviceDoor>('Device').implement({
  description: 'One signed-in client of an account.',
  fields: (t) => ({
    id: t.id({ description: 'Global id.', resolve: (device) => globalId('Device', device.id) }),
    clientId: t.exposeString('clientId', { nullable: true, description: "The client's own id for itself." }),
    name: t.exposeString('name', { description: 'What it calls itself.' }),
    address: t.exposeString('address', { description: 'Network address that it was last seen at.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it signed in.' }),
    seenAt: t.expose('seenAt', { type: 'DateTime', description: 'When it was last seen.' }),
    current: t.exposeBoolean('current', { description: 'It is the one that asks.' }),
  }),
});

const DeviceConnection = builder.connectionObject(
  { type: Device, name: 'DeviceConnection', description: 'A page of devices.' },
  { name: 'DeviceEdge', description: 'A device in a list.' },
);

export const Me = builder.objectRef<{ person: PersonNoun }>('Me').implement({
  description: 'You, and what is yours.',
  fields: (t) => ({
    person: t.expose('person', { type: Person, description: 'What others see of you.' }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'What you sign in with; null for an application.',
      resolve: (_me, _args, ctx) => (ctx.who.account === null ? null : ctx.doors.accounts.me(ctx.who)),
    }),
    devices: t.field({
      type: DeviceConnection,
      description: 'Where you are signed in.',
      args: forward,
      complexity: listCost(10),
      resolve: async (_me, args, ctx) => connection(await ctx.doors.accounts.devices(ctx.who, pageOf(args))),
    }),
    communities: t.field({
      type: CommunityConnection,
      description: 'Communities that you are a member of.',
      args: forward,
      complexity: listCost(10),
      resolve: async (_me, args, ctx) => connection(await ctx.doors.communities.list(ctx.who, { mine: true }, pageOf(args))),
    }),
    invitations: t.field({
      type: InvitationConnection,
      description: 'Invitations that wait for your answer.',
      args: forward,
      complexity: listCost(10),
      resolve: async (_me, args, ctx) => connection(await ctx.doors.communities.invitations(ctx.who, pageOf(args))),
    }),
    channels: t.field({
      type: [Channel],
      description:
        'What belongs into your side bar: direct channels, groups, private channels you are in, chats of your communities. At most 500.',
      complexity: { field: 10, multiplier: 50 },
      resolve: async (_me, _args, ctx) => {
        const mine = await ctx.doors.conversations.mine(ctx.who);
        for (const { channel, number, version, read } of mine) {
          ctx.load.head.prime(channel.id, { channel: channel.id, number, version });
          ctx.load.read.prime(channel.id, read);
        }
        return mine.map(({ channel }) => channel);
      },
    }),
  }),
});

builder.queryField('me', (t) =>
  t.field({
    type: Me,
    nullable: true,
    description: 'You; null if you did not sign in.',
    resolve: (_root, _args, ctx) => (ctx.who.person === null ? null : { person: ctx.who.person }),
  }),
);

const SignedInPayload = builder.objectRef<SignedIn>('SignedInPayload').implement({
  description: 'You are signed in.',
  fields: (t) => ({
    account: t.expose('account', { type: Account, description: 'Your account.' }),
    person: t.expose('person', { type: Person, description: 'What others see of you.' }),
    tokens: t.expose('tokens', { type: Tokens, description: 'What to speak with from now on.' }),
    device: t.expose('device', { type: Device, description: 'This device.' }),
  }),
});

const AccountPayload = builder.objectRef<{ account: AccountDoor }>('AccountPayload').implement({
  description: 'A changed account.',
  fields: (t) => ({ account: t.expose('account', { type: Account, description: 'The account as it is now.' }) }),
});

const SignedOutPayload = builder.objectRef<{ signedOut: string[] }>('SignedOutPayload').implement({
  description: 'What was signed out.',
  fields: (t) => ({
    signedOut: t.idList({ description: 'Ids of the devices.', resolve: ({ signedOut }) => signedOut.map((id) => globalId('Device', id)) }),
  }),
});

const ofDevice = builder.args((t) => ({
  clientId: t.string({ description: "The client's own id for itself: with the same again, the device is the same." }),
  deviceName: t.string({ description: 'What the device calls itself.' }),
}));
const device = (args: { clientId?: string | null | undefined; deviceName?: string | null | undefined }) => ({
  clientId: args.clientId ?? undefined,
  deviceName: args.deviceName ?? undefined,
});

/** Each hashes a password, for which there are few places at once: one request must not take them all. */
const hashing = 5_000;

builder.mutationFields((t) => ({
  signUp: t.field({
    type: SignedInPayload,
    description: 'Makes an account and a person, and signs in.',
    complexity: hashing,
    args: {
      name: t.arg.string({ required: true, description: 'The name shown.' }),
      email: t.arg.string({ required: true, description: 'The address to sign in with.' }),
      password: t.arg.string({ required: true, description: 'At least 8 characters, and not among the commonly used.' }),
      handle: t.arg.string({ description: 'Made from the name unless given.' }),
      ...ofDevice,
    },
    resolve: (_root, args, ctx) =>
      ctx.doors.accounts.signUp(ctx.who, {
        name: args.name,
        email: args.email,
        password: args.password,
        handle: args.handle ?? undefined,
        ...device(args),
      }),
  }),
  signIn: t.field({
    type: SignedInPayload,
    description: 'Signs in with e-mail and password.',
    complexity: hashing,
    args: {
      email: t.arg.string({ required: true, description: 'The address of the account.' }),
      password: t.arg.string({ required: true, description: 'The password.' }),
      ...ofDevice,
    },
    resolve: (_root, args, ctx) => ctx.doors.accounts.signIn(ctx.who, { email: args.email, password: args.password, ...device(args) }),
  }),
  refresh: t.field({
    type: SignedInPayload,
    description: 'The next pair of tokens. Send it without an expired access token. A refresh token that comes twice signs its device out.',
    args: { refresh: t.arg.string({ required: true, description: 'The refresh token.' }) },
    resolve: (_root, args, ctx) => ctx.doors.accounts.refresh(ctx.who, { refresh: args.refresh }),
  }),
  signOut: t.field({
    type: SignedOutPayload,
    description: 'Signs out: the device that asks, or these devices of yours, or all of them.',
    args: {
      devices: t.arg.idList({ description: 'Ids of devices.' }),
      all: t.arg.boolean({ description: 'All of them.' }),
    },
    resolve: (_root, args, ctx) =>
      ctx.doors.accounts.signOut(ctx.who, {
        devices: args.devices?.map((id) => plainId('Device', id, 'devices')),
        all: args.all ?? undefined,
      }),
  }),
  changePassword: t.field({
    type: DonePayload,
    description: 'Changes your password.',
    complexity: hashing,
    args: {
      current: t.arg.string({ required: true, description: 'The password until now.' }),
      next: t.arg.string({ required: true, description: 'The new one.' }),
    },
    resolve: async (_root, args, ctx) => {
      await ctx.doors.accounts.changePassword(ctx.who, { current: args.current, next: args.next });
      return { done: true };
    },
  }),
  forgotPassword: t.field({
    type: DonePayload,
    description: 'Sends a code to this address, if it is known; the answer does not tell.',
    args: { email: t.arg.string({ required: true, description: 'The address of the account.' }) },
    resolve: async (_root, args, ctx) => {
      await ctx.doors.accounts.forgotPassword(ctx.who, { email: args.email });
      return { done: true };
    },
  }),
  resetPassword: t.field({
    type: DonePayload,
    description: 'Sets a new password with the code that was mailed, and signs all devices out.',
    complexity: hashing,
    args: {
      email: t.arg.string({ required: true, description: 'The address of the account.' }),
      code: t.arg.string({ required: true, description: 'The code that was mailed.' }),
      password: t.arg.string({ required: true, description: 'The new password.' }),
    },
    resolve: async (_root, args, ctx) => {
      await ctx.doors.accounts.resetPassword(ctx.who, { email: args.email, code: args.code, password: args.password });
      return { done: true };
    },
  }),
  sendEmailCode: t.field({
    type: DonePayload,
    description: 'Mails you a code that proves your address.',
    resolve: async (_root, _args, ctx) => {
      await ctx.doors.accounts.sendEmailCode(ctx.who);
      return { done: true };
    },
  }),
  verifyEmail: t.field({
    type: AccountPayload,
    description: 'Proves your address with the code that was mailed.',
    args: { code: t.arg.string({ required: true, description: 'The code.' }) },
    resolve: async (_root, args, ctx) => ({ account: await ctx.doors.accounts.verifyEmail(ctx.who, { code: args.code }) }),
  }),
  claimFirstAdmin: t.field({
    type: AccountPayload,
    description: 'Makes you the first admin, with the one-time code that the server printed when it first started.',
    args: { code: t.arg.string({ required: true, description: 'The code.' }) },
    resolve: async (_root, args, ctx) => ({ account: await ctx.doors.accounts.claimFirstAdmin(ctx.who, { code: args.code }) }),
  }),
  setRole: t.field({
    type: AccountPayload,
    description: 'Gives an account another role in the whole place; for admins. Name it, or its person.',
    args: {
      account: t.arg.id({ description: "The account's id." }),
      person: t.arg.id({ description: "The person's id." }),
      role: t.arg({ type: ApplicationRole, required: true, description: 'The new role.' }),
    },
    resolve: async (_root, args, ctx) => ({
      account: await ctx.doors.accounts.setRole(ctx.who, {
        account: plainIdIf('Account', args.account, 'account'),
        person: plainIdIf('Person', args.person, 'person'),
        role: args.role,
      }),
    }),
  }),
}));
