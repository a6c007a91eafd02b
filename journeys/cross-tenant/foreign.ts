import type { Channel, Community, Id, Message } from '../../contracts/nouns.ts';
import { password, rest, type Someone } from '../support/api.ts';

/** What everything of the application is called that is asked for; no answer may hold it. */
export const marker = 'Okapi';

/** One thing of each kind, all of one application. */
export interface Things {
  application: Id;
  applicationToken: Id;
  chatNumber: number;
  chat: Id;
  account: Id;
  email: string;
  password: string;
  person: Id;
  handle: string;
  device: Id;
  community: Id;
  slug: string;
  invitedTo: Id;
  channel: Id;
  discussion: Id;
  group: Id;
  message: number;
  emoji: string;
}

/** Things of the owner's and the member's application, public and private, each called so. */
export async function makeThings(
  called: string,
  owner: Someone,
  member: Someone,
  token: { application: Id; id: Id; secret: string },
): Promise<Things> {
  const { base } = owner;
  const community = await owner.call<Community>('POST', '/v1/communities', {
    name: `${called} keepers`,
    tags: [called],
    description: called,
  });
  await member.join(community);
  const invitedTo = await owner.call<Community>('POST', '/v1/communities', { name: `${called} inner circle`, visibility: 'private' });
  await owner.call('PUT', `/v1/communities/${invitedTo.id}/invitations/${member.person.id}`);
  const channel = await owner.createChat(community, `${called} chat`);
  const discussion = await owner.startDiscussion(community, `${called}: stripes or not?`);
  const group = await owner.call<Channel>('POST', '/v1/groups', { name: `${called} group`, people: [member.person.id] });
  const said: Message[] = [];
  for (const each of [channel, discussion, group]) {
    said.push(await owner.post(each, `${called} says hello`));
    await owner.call('PUT', `/v1/channels/${each.id}/messages/1/reactions/${encodeURIComponent('🦓')}`);
    await owner.call('PATCH', `/v1/channels/${each.id}/messages/1`, { body: `${called} says good day` });
    await owner.call('PUT', `/v1/channels/${each.id}/messages/1/pin`);
  }
  const chats = `/v1/applications/${token.application}/chats`;
  const { body: chat } = await rest<{ number: number; channel_id: Id }>(base, token.secret, 'POST', chats, { name: `${called} desk` });
  await rest(base, token.secret, 'POST', `${chats}/${chat.number}/messages`, { body: `${called} at the desk` });
  const { account } = await owner.call<{ account: { id: Id; email: string } }>('GET', '/v1/me');
  return {
    application: token.application,
    applicationToken: token.id,
    chatNumber: chat.number,
    chat: chat.channel_id,
    account: account.id,
    email: account.email,
    password,
    person: owner.person.id,
    handle: owner.person.handle,
    device: owner.device,
    community: community.id,
    slug: community.slug,
    invitedTo: invitedTo.id,
    channel: channel.id,
    discussion: discussion.id,
    group: group.id,
    message: 1,
    emoji: '🦓',
  };
}

/** What the owner and the member see of their things; the same before and after, if nobody else could change them. */
export async function look(owner: Someone, member: Someone, things: Things): Promise<unknown> {
  const of = (someone: Someone, path: string) => someone.call('GET', `/v1${path}`);
  return {
    me: await of(owner, '/me'),
    invitations: await of(member, '/invitations'),
    communities: await of(owner, '/communities'),
    members: await of(owner, `/communities/${things.community}/members`),
    channels: await Promise.all(
      [things.channel, things.discussion, things.group].map(async (channel) => [
        await of(owner, `/channels/${channel}`),
        await of(owner, `/channels/${channel}/messages`),
        await of(owner, `/channels/${channel}/messages/1/revisions`),
        await of(member, `/channels/${channel}`),
      ]),
    ),
  };
}
