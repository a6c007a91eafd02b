import { describe, expect, test } from 'vitest';
import { type Action, actions, decidingRule, type Facts, rules } from '../src/domains/policy/rules.ts';

const person: Facts = {
  role: 'member',
  sameApplication: true,
  defaultApplication: true,
  scopeRead: false,
  scopeWrite: false,
  scopePeople: false,
  communitiesBy: 'members',
};
const guest: Facts = { ...person, role: 'guest' };
const admin: Facts = { ...person, role: 'admin' };
const token: Facts = { ...person, role: 'application', defaultApplication: false, scopeRead: true, scopeWrite: true, scopePeople: true };

const inCommunity = (role: 'owner' | 'moderator' | 'member' | 'none', visibility: 'public' | 'private' = 'public') =>
  ({ community: '1', communityVisibility: visibility, communityRole: role, banned: false, invited: false }) as const;
const chat = {
  channel: '2',
  channelKind: 'chat',
  channelVisibility: 'public',
  channelPosting: 'everyone',
  channelArchived: false,
  channelRole: 'none',
  appChat: false,
} as const;
const privateChat = { ...chat, channelVisibility: 'private' } as const;
const discussion = { ...chat, channelKind: 'discussion' } as const;
const direct = { ...chat, channelKind: 'direct', channelVisibility: 'private', channelRole: 'member' } as const;
const appChat = { ...chat, channelVisibility: 'private', appChat: true } as const;

function may(action: Action, facts: Facts): string {
  const rule = decidingRule(action, facts);
  return rule === null ? 'no' : `${rule.then === 'allow' ? 'yes' : 'no'}`;
}

describe('who may do what', () => {
  test.each<[Action, Facts, 'yes' | 'no', string]>([
    ['channel.read', { ...guest, ...inCommunity('none'), ...discussion }, 'yes', 'a guest reads a public discussion'],
    [
      'channel.read',
      { ...guest, ...inCommunity('none', 'private'), ...discussion },
      'no',
      'a guest reads a discussion of a private community',
    ],
    ['channel.read', { ...guest, ...inCommunity('none'), ...chat }, 'no', 'a guest reads a chat'],
    ['channel.read', { ...person, ...inCommunity('none'), ...chat }, 'no', 'a person who did not join reads a chat'],
    ['channel.read', { ...person, ...inCommunity('none', 'private'), ...chat }, 'no', 'a person reads a chat of a private community'],
    ['channel.read', { ...person, ...inCommunity('member', 'private'), ...chat }, 'yes', 'a member reads a chat of a private community'],
    ['channel.read', { ...person, ...inCommunity('owner'), ...privateChat }, 'no', 'an owner reads a private chat without being in it'],
    [
      'channel.read',
      { ...person, ...inCommunity('member'), ...privateChat, channelRole: 'member' },
      'yes',
      'a member of a private chat reads it',
    ],
    ['channel.read', { ...person, ...inCommunity('none'), ...discussion, banned: true }, 'no', 'a banned person reads a public discussion'],
    ['channel.read', { ...admin, ...direct, channelRole: 'none' }, 'no', 'an admin reads a direct channel of others'],
    ['channel.read', { ...person, ...direct }, 'yes', 'one of the two reads a direct channel'],
    ['message.post', { ...person, ...inCommunity('none'), ...chat }, 'no', 'a person who did not join posts'],
    ['message.post', { ...person, ...inCommunity('member'), ...chat }, 'yes', 'a member posts'],
    [
      'message.post',
      { ...person, ...inCommunity('member'), ...chat, channelPosting: 'moderators' },
      'no',
      'a member posts in an announcement channel',
    ],
    [
      'message.post',
      { ...person, ...inCommunity('moderator'), ...chat, channelPosting: 'moderators' },
      'yes',
      'a moderator posts in an announcement channel',
    ],
    ['message.post', { ...person, ...inCommunity('owner'), ...chat, channelArchived: true }, 'no', 'an owner posts in an archived channel'],
    [
      'message.post',
      { ...person, ...inCommunity('member'), ...privateChat },
      'no',
      'a member of the community posts in a private chat without being in it',
    ],
    [
      'message.bookmark',
      { ...person, ...inCommunity('member'), ...chat, channelArchived: true },
      'yes',
      'a member bookmarks in an archived channel',
    ],
    ['draft.save', { ...person, ...inCommunity('none'), ...chat }, 'yes', 'who may read begins to write'],
    ['message.edit', { ...person, ...inCommunity('member'), ...chat, own: true }, 'yes', 'an author edits'],
    ['message.edit', { ...admin, ...inCommunity('owner'), ...chat, own: false }, 'no', 'an admin edits what another wrote'],
    ['message.delete', { ...person, ...inCommunity('member'), ...chat, own: false }, 'no', 'a member deletes what another wrote'],
    ['message.delete', { ...person, ...inCommunity('moderator'), ...chat, own: false }, 'yes', 'a moderator deletes'],
    ['message.delete', { ...admin, ...inCommunity('none'), ...chat, own: false }, 'yes', 'an admin of the place deletes'],
    ['message.restore', { ...person, ...inCommunity('member'), ...chat, own: true }, 'yes', 'an author brings back what they deleted'],
    [
      'message.restore',
      { ...person, ...inCommunity('member'), ...chat, own: false },
      'no',
      'an author brings back what a moderator deleted',
    ],
    ['message.restore', { ...person, ...inCommunity('none'), ...discussion, own: true }, 'no', 'an author who left brings back'],
    ['message.delete', { ...person, ...inCommunity('none'), ...discussion, own: true }, 'yes', 'an author who left deletes'],
    ['message.restore', { ...person, ...inCommunity('moderator'), ...chat, own: false }, 'yes', 'a moderator brings back what was deleted'],
    [
      'message.restore',
      { ...admin, ...inCommunity('none'), ...chat, own: false },
      'yes',
      'an admin of the place brings back what was deleted',
    ],
    ['message.restore', { ...person, ...inCommunity('owner'), ...chat, channelArchived: true }, 'no', 'an owner brings back in an archive'],
    ['message.restore', { ...token, ...appChat, own: true }, 'yes', 'a token brings back what it deleted'],
    ['message.mention_everyone', { ...person, ...inCommunity('member'), ...chat }, 'no', 'a member calls everyone in a chat'],
    ['message.mention_everyone', { ...person, ...inCommunity('moderator'), ...chat }, 'yes', 'a moderator calls everyone in a chat'],
    ['message.mention_everyone', { ...person, ...inCommunity('member'), ...discussion, own: true }, 'no', 'who started it calls everyone'],
    ['message.mention_everyone', { ...person, ...inCommunity('owner'), ...discussion }, 'yes', 'an owner calls everyone in a discussion'],
    ['message.mention_everyone', { ...person, ...direct }, 'yes', 'one of the two calls everyone in a direct channel'],
    ['message.mention_everyone', { ...person, ...direct, channelKind: 'group' }, 'yes', 'a member of a group calls everyone in it'],
    ['message.take', { ...person, ...inCommunity('member'), ...chat, own: false }, 'yes', 'a member takes words of a public chat'],
    [
      'message.take',
      { ...person, ...inCommunity('member', 'private'), ...chat, own: false },
      'no',
      'a member takes words out of a private community',
    ],
    [
      'message.take',
      { ...person, ...inCommunity('member', 'private'), ...chat, own: false, sameCommunity: true },
      'yes',
      'a member takes words within a private community',
    ],
    [
      'message.take',
      { ...person, ...inCommunity('owner'), ...privateChat, channelRole: 'owner', own: false },
      'no',
      'an owner takes from a private chat',
    ],
    ['message.take', { ...person, ...direct, own: true }, 'yes', 'one of the two takes what they said'],
    ['message.take', { ...person, ...direct, own: false }, 'no', 'one of the two takes what the other said'],
    ['message.take', { ...person, ...inCommunity('owner'), ...discussion, own: true }, 'no', 'an author takes from a discussion'],
    ['channel.accept', { ...person, ...inCommunity('member'), ...discussion, own: true }, 'yes', 'who started it accepts an answer'],
    ['channel.accept', { ...person, ...inCommunity('none'), ...discussion, own: true }, 'no', 'who started it and left accepts an answer'],
    ['channel.accept', { ...person, ...inCommunity('member'), ...discussion, own: false }, 'no', 'another accepts an answer'],
    ['channel.accept', { ...person, ...inCommunity('moderator'), ...discussion, own: false }, 'yes', 'a moderator accepts an answer'],
    ['message.pin', { ...person, ...direct, own: false }, 'yes', 'one of the two pins in a direct channel'],
    ['message.pin', { ...person, ...inCommunity('member'), ...chat, own: true }, 'no', 'a member pins in a chat'],
    [
      'channel.change',
      { ...person, ...inCommunity('member'), ...discussion, own: true },
      'yes',
      'an author changes the title of the discussion',
    ],
    [
      'channel.change',
      { ...person, ...inCommunity('member'), ...discussion, own: false },
      'no',
      'another changes the title of a discussion',
    ],
    [
      'channel.change',
      { ...person, ...inCommunity('none'), ...discussion, own: true },
      'no',
      'an author who is no member any more changes the title of the discussion',
    ],
    [
      'channel.govern',
      { ...person, ...inCommunity('member'), ...discussion, own: true },
      'no',
      'an author hides, closes or opens again a discussion that others write in',
    ],
    ['channel.govern', { ...person, ...inCommunity('moderator'), ...discussion }, 'yes', 'a moderator closes a discussion'],
    ['channel.govern', { ...token, ...appChat, channelArchived: true }, 'yes', 'a token opens an archived chat again'],
    ['channel.set_role', { ...person, ...privateChat, channelRole: 'moderator' }, 'no', 'a moderator of a channel gives roles in it'],
    ['channel.set_role', { ...person, ...privateChat, channelRole: 'owner' }, 'yes', 'an owner of a channel gives roles in it'],
    [
      'channel.remove',
      { ...person, ...privateChat, channelRole: 'moderator', targetRole: 'owner' },
      'no',
      'a moderator of a channel removes its owner',
    ],
    [
      'channel.remove',
      { ...person, ...privateChat, channelRole: 'moderator', targetRole: 'member' },
      'yes',
      'a moderator of a channel removes a member',
    ],
    ['channel.leave', { ...person, ...direct }, 'no', 'one of the two leaves a direct channel'],
    ['channel.add', { ...person, ...direct }, 'no', 'a third is added to a direct channel'],
    ['channel.create', { ...person, ...inCommunity('member') }, 'no', 'a member makes a chat'],
    ['channel.create', { ...person, ...inCommunity('moderator') }, 'yes', 'a moderator makes a chat'],
    ['discussion.start', { ...person, ...inCommunity('member') }, 'yes', 'a member starts a discussion'],
    ['discussion.start', { ...person, ...inCommunity('none') }, 'no', 'a person who did not join starts a discussion'],
    ['community.create', person, 'yes', 'any member makes a community where that is set'],
    ['community.create', { ...person, communitiesBy: 'admins' }, 'no', 'a member makes a community where only admins do'],
    ['community.create', { ...admin, communitiesBy: 'admins' }, 'yes', 'an admin makes a community'],
    ['community.create', guest, 'no', 'a guest makes a community'],
    ['community.join', { ...person, ...inCommunity('none', 'private') }, 'no', 'a person joins a private community'],
    [
      'community.join',
      { ...person, ...inCommunity('none', 'private'), invited: true },
      'yes',
      'an invited person joins a private community',
    ],
    ['community.join', { ...person, ...inCommunity('none'), banned: true }, 'no', 'a banned person joins'],
    ['community.remove', { ...person, ...inCommunity('moderator'), targetRole: 'member' }, 'yes', 'a moderator removes a member'],
    ['community.remove', { ...person, ...inCommunity('moderator'), targetRole: 'moderator' }, 'no', 'a moderator removes a moderator'],
    ['community.remove', { ...admin, ...inCommunity('none'), targetRole: 'owner' }, 'no', 'an admin removes an owner'],
    ['community.set_role', { ...person, ...inCommunity('moderator') }, 'no', 'a moderator gives roles'],
    ['community.audit', { ...person, ...inCommunity('member') }, 'no', 'a member sees what moderators did'],
    ['community.audit', { ...person, ...inCommunity('none') }, 'no', 'a person who did not join sees what moderators did'],
    ['community.audit', { ...guest, ...inCommunity('none') }, 'no', 'a guest sees what moderators did'],
    ['community.audit', { ...token, ...inCommunity('none') }, 'no', 'a token sees what moderators did'],
    ['community.audit', { ...person, ...inCommunity('moderator') }, 'yes', 'a moderator sees what moderators did'],
    ['community.audit', { ...person, ...inCommunity('owner') }, 'yes', 'an owner sees what moderators did'],
    ['community.audit', { ...person, ...inCommunity('none'), role: 'moderator' }, 'yes', 'a moderator of the place sees what was done'],
    ['community.audit', { ...admin, ...inCommunity('none', 'private') }, 'yes', 'an admin sees what was done'],
    ['account.set_role', { ...person, ...inCommunity('owner') }, 'no', 'an owner of a community makes admins'],
    ['account.set_role', admin, 'yes', 'an admin makes admins'],
    ['application.manage', admin, 'yes', 'an admin makes an application'],
    ['application.manage', { ...admin, defaultApplication: false }, 'no', 'an admin of another application makes one'],
    ['application.manage', token, 'no', 'a token makes an application'],
    ['application.read', { ...token, sameApplication: false }, 'no', "a token reads another's application"],
    ['application.write', token, 'yes', 'a token makes a chat'],
    ['application.write', { ...token, scopeWrite: false }, 'no', 'a token that only reads makes a chat'],
    ['message.post', { ...token, ...appChat, channelRole: 'owner' }, 'yes', "a token posts in its application's chat"],
    ['message.post', { ...token, ...appChat, channelRole: 'owner', scopeWrite: false }, 'no', 'a token that only reads posts'],
    ['channel.read', { ...token, ...inCommunity('none'), ...chat }, 'no', 'a token reads a chat of a community'],
    ['channel.read', { ...person, ...appChat, sameApplication: false }, 'no', "a member of the place reads another application's chat"],
    ['channel.read', { ...admin, ...appChat, sameApplication: false }, 'yes', "an admin of the place reads an application's chat"],
    [
      'channel.read',
      { ...admin, ...direct, sameApplication: false },
      'no',
      "an admin of the place reads another application's direct channel",
    ],
  ])('%s %#: %s → %s', (action, facts, expected, sentence) => {
    expect(`${sentence}: ${may(action, facts)}`).toBe(`${sentence}: ${expected}`);
  });

  test('whoever belongs to another application is refused everything but what operators do', () => {
    for (const action of actions) {
      const facts: Facts = {
        ...person,
        sameApplication: false,
        ...inCommunity('owner'),
        ...chat,
        channelRole: 'owner',
        own: true,
        role: 'moderator',
      };
      expect(`${action} ${may(action, facts)}`).toBe(`${action} no`);
    }
  });

  test('a guest is refused everything but reading what is public', () => {
    const facts: Facts = { ...guest, ...inCommunity('none'), ...discussion, own: true };
    expect(actions.filter((action) => may(action, facts) === 'yes')).toEqual(['community.see', 'channel.read', 'people.see']);
  });
});

describe('the file', () => {
  test('every rule has a name of its own, a sentence, and speaks only of known actions and facts', () => {
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
    const facts = [
      'role',
      'sameApplication',
      'defaultApplication',
      'scopeRead',
      'scopeWrite',
      'scopePeople',
      'communitiesBy',
      'communityVisibility',
      'communityRole',
      'targetRole',
      'banned',
      'invited',
      'channelKind',
      'channelVisibility',
      'channelPosting',
      'channelArchived',
      'channelRole',
      'appChat',
      'own',
      'sameCommunity',
    ];
    for (const rule of rules) {
      expect(rule.says).toMatch(/^[A-Z].*\.$/);
      expect(['allow', 'refuse']).toContain(rule.then);
      for (const action of rule.for) expect(['*', ...actions]).toContain(action);
      for (const fact of Object.keys(rule.if)) expect(facts).toContain(fact);
    }
  });

  test('every action is allowed to somebody', () => {
    for (const action of actions)
      expect(
        rules.some((rule) => rule.then === 'allow' && rule.for.includes(action)),
        action,
      ).toBe(true);
  });
});
