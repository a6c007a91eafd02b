import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guest } from '../policy/index.ts';
import type { Who } from '../policy/who.ts';
import { slugOf } from './slug.ts';
import { createTown, idOf, type Town } from './testing.ts';

let town: Town;
let ana: Who;
let ben: Who;
let cleo: Who;
let admin: Who;
let stranger: Who;
let count = 0;
const unique = (name: string) => `${name} ${++count}`;

beforeAll(async () => {
  town = await createTown();
  ana = await town.someone('ana');
  ben = await town.someone('ben');
  cleo = await town.someone('cleo');
  admin = await town.someone('root', 'admin');
  stranger = await town.someone('stranger', 'admin', await town.otherApplication());
});
afterAll(() => town.end());

const refusal = (code: string, details: Record<string, unknown> = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

describe('making', () => {
  it('makes the creator its owner and says so', async () => {
    await town.heard();
    const community = await town.communities.create(ana, {
      name: '  Café   Zürich ',
      description: 'Milk or not.',
      tags: ['Coffee', 'coffee', 'Zürich'],
    });
    expect(community).toMatchObject({
      name: 'Café Zürich',
      slug: 'cafe-zurich',
      description: 'Milk or not.',
      tags: ['coffee', 'zürich'],
      visibility: 'public',
      official: false,
      createdBy: idOf(ana),
    });
    expect(await town.communities.myRoles(ana, [community.id])).toEqual(['owner']);
    expect(await town.heard()).toEqual([
      { to: `person ${idOf(ana)}`, event: { type: 'community_joined', community: community.id, role: 'owner' } },
      { to: 'access', event: { type: 'access', community: community.id, person: idOf(ana) } },
      {
        to: 'community',
        event: { type: 'channel_created', channel: expect.objectContaining({ kind: 'chat', name: 'general', community: community.id }) },
      },
    ]);
  });

  it('makes a slug of any name', () => {
    const names = ['Café Zürich!', 'Straße & Łódź', '東京 の 会', 'हिन्दी साहित्य', '2048', '🎲🎲', 'a'.repeat(90)];
    expect(names.map(slugOf)).toEqual(['cafe-zurich', 'strasse-lodz', '東京-の-会', 'हिन्दी-साहित्य', 'c-2048', 'community', 'a'.repeat(50)]);
  });

  it('gives twelve of one name twelve slugs, made at the same moment', async () => {
    const made = await Promise.all(Array.from({ length: 12 }, () => town.communities.create(ana, { name: 'The Same' })));
    expect(new Set(made.map((c) => c.slug)).size).toBe(12);
    expect(made.map((c) => c.slug)).toContain('the-same');
  });

  it('refuses a slug that is taken when it was asked for', async () => {
    await town.communities.create(ana, { name: 'Gardeners', slug: 'garden' });
    await expect(town.communities.create(ben, { name: 'Gardeners', slug: 'Garden' })).rejects.toEqual(refusal('taken', { field: 'slug' }));
  });

  it.each([
    ['name', { name: 'x' }],
    ['name', { name: 'x'.repeat(81) }],
    ['name', { name: 'nul\u0000byte' }],
    ['name', { name: 'half \ud83d pair' }],
    ['description', { name: 'Fine', description: 'x'.repeat(2001) }],
    ['tags', { name: 'Fine', tags: Array.from({ length: 11 }, (_, i) => `t${i}`) }],
    ['tags', { name: 'Fine', tags: ['x'.repeat(33)] }],
    ['tags', { name: 'Fine', tags: [' '] }],
    ['slug', { name: 'Fine', slug: '123' }],
    ['slug', { name: 'Fine', slug: 'a b' }],
  ])('refuses a %s that is out of bounds', async (field, input) => {
    await expect(town.communities.create(ana, input)).rejects.toEqual(refusal('invalid_input', { field }));
  });

  it('is not for guests, nor official for members', async () => {
    await expect(town.communities.create(guest('::1'), { name: 'Guests' })).rejects.toEqual(refusal('unauthenticated'));
    await expect(town.communities.create(ana, { name: 'Official', official: true })).rejects.toEqual(refusal('forbidden'));
  });

  it('is for admins only where the settings say so', async () => {
    const strict = await createTown({ communitiesBy: 'admins' });
    try {
      const someone = await strict.someone('someone');
      await expect(strict.communities.create(someone, { name: 'Mine' })).rejects.toEqual(
        refusal('forbidden', { rule: 'only-admins-make-communities' }),
      );
      await expect(strict.communities.create(await strict.someone('boss', 'admin'), { name: 'Ours' })).resolves.toMatchObject({
        slug: 'ours',
      });
    } finally {
      await strict.end();
    }
  });
});

describe('changing', () => {
  it('changes what is given and leaves the rest', async () => {
    const made = await town.communities.create(ana, { name: unique('Choir'), description: 'We sing.', tags: ['music'] });
    const changed = await town.communities.change(ana, { community: made.id, name: 'Great Choir', tags: [] });
    expect(changed).toEqual({ ...made, name: 'Great Choir', tags: [] });
    expect(await town.communities.get(ben, { id: made.id })).toEqual(changed);
  });

  it('is for owners and admins', async () => {
    const made = await town.communities.create(ana, { name: unique('Choir') });
    await town.communities.join(ben, { community: made.id });
    await expect(town.communities.change(ben, { community: made.id, name: 'Mine now' })).rejects.toEqual(refusal('forbidden'));
    await town.communities.setRole(ana, { community: made.id, person: idOf(ben), role: 'moderator' });
    await expect(town.communities.change(ben, { community: made.id, name: 'Mine now' })).rejects.toEqual(refusal('forbidden'));
    await expect(town.communities.change(ana, { community: made.id, official: true })).rejects.toEqual(refusal('forbidden'));
    await expect(town.communities.change(admin, { community: made.id, official: true })).resolves.toMatchObject({ official: true });
    await expect(town.communities.change(admin, { community: made.id, official: false })).resolves.toMatchObject({ official: false });
  });

  it('[L9] says to every process when the visibility changes, and only then', async () => {
    const made = await town.communities.create(ana, { name: unique('Choir') });
    await town.heard();
    const changed = await town.communities.change(ana, { community: made.id, description: 'New words', visibility: 'public' });
    expect(await town.heard()).toEqual([{ to: 'community', event: { type: 'community_changed', community: changed } }]);
    const hidden = await town.communities.change(ana, { community: made.id, visibility: 'private' });
    expect(await town.heard()).toEqual([
      { to: 'access', event: { type: 'access', community: made.id } },
      { to: 'community', event: { type: 'community_changed', community: hidden } },
    ]);
    await town.communities.change(ana, { community: made.id, visibility: 'private', description: 'New words' });
    expect(await town.heard()).toEqual([]);
    await expect(town.communities.get(ben, { id: made.id })).rejects.toEqual(refusal('not_found'));
  });
});

describe('joining and leaving', () => {
  it('joins once and leaves', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Chess') });
    await town.heard();
    await town.communities.join(ben, { community });
    await town.communities.join(ben, { community });
    expect(await town.heard()).toEqual([
      { to: `person ${idOf(ben)}`, event: { type: 'community_joined', community, role: 'member' } },
      { to: 'access', event: { type: 'access', community, person: idOf(ben) } },
    ]);
    await town.communities.leave(ben, { community });
    expect(await town.heard()).toEqual([
      { to: `person ${idOf(ben)}`, event: { type: 'community_left', community } },
      { to: 'access', event: { type: 'access', community, person: idOf(ben) } },
    ]);
    await expect(town.communities.leave(ben, { community })).rejects.toEqual(refusal('not_found'));
  });

  it('[L11] begins now for who joins: nothing from before is unread, what comes after is', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Late') });
    const chat = async (who: Who) => (await town.conversations.mine(who)).find(({ channel }) => channel.community === community);
    const { channel } = (await chat(ana)) ?? {};
    if (channel === undefined) throw new Error('a community begins with a chat');
    for (const body of ['one', 'two', 'three']) await town.conversations.post(ana, { channel: channel.id, body });
    await town.communities.join(ben, { community });
    expect(await chat(ben)).toMatchObject({ number: 3, read: 3 });
    await town.conversations.post(ana, { channel: channel.id, body: 'four' });
    expect(await chat(ben)).toMatchObject({ number: 4, read: 3 });
    // Coming back later never unreads, and reads what was said in between.
    await town.communities.leave(ben, { community });
    await town.communities.join(ben, { community });
    expect(await chat(ben)).toMatchObject({ number: 4, read: 4 });
  });

  it('[L9] who leaves or is removed is out of the channels too', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Chess') });
    const secret = await town.conversations.createChannel(ana, { community, name: 'secret', visibility: 'private' });
    const takeBen = async () => {
      await town.communities.join(ben, { community });
      await town.conversations.addMember(ana, { channel: secret.id, person: idOf(ben) });
      expect(await town.conversations.channels(ben, [secret.id])).toEqual([secret]);
    };
    const person = idOf(ben);
    for (const end of [
      () => town.communities.leave(ben, { community }),
      () => town.communities.kick(ana, { community, person }),
      () => town.communities.ban(ana, { community, person }),
    ]) {
      await takeBen();
      await end();
      expect(await town.conversations.channels(ben, [secret.id])).toEqual([null]);
    }
  });

  it('joins twice at the same moment and is one member', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Chess') });
    await Promise.all([1, 2, 3, 4].map(() => town.communities.join(ben, { community })));
    expect(await town.communities.memberCounts(ana, [community])).toEqual([2]);
  });

  it('keeps the last owner while others are there, and lets the last member go', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Chess') });
    await town.communities.join(ben, { community });
    await expect(town.communities.leave(ana, { community })).rejects.toEqual(refusal('conflict'));
    await town.communities.leave(ben, { community });
    await town.communities.leave(ana, { community });
    expect(await town.communities.memberCounts(ana, [community])).toEqual([0]);
  });

  it('needs signing in', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Chess') });
    await expect(town.communities.join(guest('::1'), { community })).rejects.toEqual(refusal('unauthenticated'));
  });
});

describe('private communities and invitations', () => {
  it('do not exist for who has no business there', async () => {
    const made = await town.communities.create(ana, { name: unique('Secret'), visibility: 'private' });
    for (const who of [ben, guest('::1'), stranger]) {
      await expect(town.communities.get(who, { id: made.id })).rejects.toEqual(refusal('not_found'));
      await expect(town.communities.get(who, { slug: made.slug })).rejects.toEqual(refusal('not_found'));
      await expect(town.communities.join(who, { community: made.id })).rejects.toEqual(refusal('not_found'));
      await expect(town.communities.members(who, { community: made.id }, {})).rejects.toEqual(refusal('not_found'));
      await expect(town.communities.accept(who, { community: made.id })).rejects.toEqual(refusal('not_found'));
      expect(await town.communities.byIds(who, [made.id])).toEqual([null]);
      expect(await town.communities.memberCounts(who, [made.id])).toEqual([0]);
    }
  });

  it('[C4] only the invited person answers', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Secret'), visibility: 'private' });
    await town.heard();
    await town.communities.invite(ana, { community, person: idOf(ben) });
    await town.communities.invite(ana, { community, person: idOf(ben) });
    expect(await town.heard()).toEqual([
      { to: `person ${idOf(ben)}`, event: { type: 'invited', community, by: ana.person } },
      { to: 'access', event: { type: 'access', community, person: idOf(ben) } },
    ]);
    const { items } = await town.communities.invitations(ben, { first: 1 });
    expect(items.map(({ node }) => [node.community.id, node.invitedBy])).toEqual([[community, idOf(ana)]]);
    await expect(town.communities.accept(cleo, { community })).rejects.toEqual(refusal('not_found'));
    await expect(town.communities.accept(ana, { community })).rejects.toEqual(refusal('not_found'));
    await expect(town.communities.accept(ben, { community })).resolves.toMatchObject({ id: community });
    expect((await town.communities.invitations(ben, {})).items).toEqual([]);
    expect(await town.communities.myRoles(ben, [community])).toEqual(['member']);
  });

  it('a declined invitation is gone, and so is the sight of the place', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Secret'), visibility: 'private' });
    await town.communities.invite(ana, { community, person: idOf(ben) });
    await town.communities.get(ben, { id: community });
    await town.heard();
    await town.communities.decline(ben, { community });
    expect(await town.heard()).toEqual([{ to: 'access', event: { type: 'access', community, person: idOf(ben) } }]);
    await expect(town.communities.decline(ben, { community })).rejects.toEqual(refusal('not_found'));
    await expect(town.communities.accept(ben, { community })).rejects.toEqual(refusal('not_found'));
  });

  it('members invite to public ones, moderators to private ones', async () => {
    const open = await town.communities.create(ana, { name: unique('Open') });
    const secret = await town.communities.create(ana, { name: unique('Secret'), visibility: 'private' });
    await town.communities.join(ben, { community: open.id });
    await town.communities.invite(ana, { community: secret.id, person: idOf(ben) });
    await town.communities.accept(ben, { community: secret.id });
    await town.communities.invite(ben, { community: open.id, person: idOf(cleo) });
    await expect(town.communities.invite(ben, { community: secret.id, person: idOf(cleo) })).rejects.toEqual(refusal('forbidden'));
    await town.communities.setRole(ana, { community: secret.id, person: idOf(ben), role: 'moderator' });
    await town.communities.invite(ben, { community: secret.id, person: idOf(cleo) });
  });

  it('nobody invites a member, a banned person, or a person of another application', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Open') });
    await town.communities.join(ben, { community });
    await town.communities.ban(ana, { community, person: idOf(cleo) });
    await expect(town.communities.invite(ana, { community, person: idOf(ben) })).rejects.toEqual(refusal('conflict'));
    await expect(town.communities.invite(ana, { community, person: idOf(cleo) })).rejects.toEqual(refusal('conflict'));
    await expect(town.communities.invite(ana, { community, person: idOf(stranger) })).rejects.toEqual(refusal('not_found'));
    await expect(town.communities.invite(ana, { community, person: '12' })).rejects.toEqual(refusal('not_found'));
  });
});

describe('removing', () => {
  it('kicks, and the kicked may come again', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Open') });
    await town.communities.join(ben, { community });
    await town.heard();
    await town.communities.kick(ana, { community, person: idOf(ben) });
    expect(await town.heard()).toEqual([
      { to: `person ${idOf(ben)}`, event: { type: 'community_left', community } },
      { to: 'access', event: { type: 'access', community, person: idOf(ben) } },
    ]);
    await expect(town.communities.kick(ana, { community, person: idOf(ben) })).rejects.toEqual(refusal('not_found'));
    await town.communities.join(ben, { community });
  });

  it('bans, and the banned stay out until the ban is lifted', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Open') });
    await town.communities.join(ben, { community });
    await town.communities.ban(ana, { community, person: idOf(ben), reason: 'Shouting' });
    expect(await town.communities.myRoles(ben, [community])).toEqual([null]);
    await expect(town.communities.join(ben, { community })).rejects.toEqual(refusal('forbidden', { rule: 'banned' }));
    await town.heard();
    await town.communities.unban(ana, { community, person: idOf(ben) });
    expect(await town.heard()).toEqual([{ to: 'access', event: { type: 'access', community, person: idOf(ben) } }]);
    await expect(town.communities.unban(ana, { community, person: idOf(ben) })).rejects.toEqual(refusal('not_found'));
    await town.communities.join(ben, { community });
  });

  it('tells those who keep order, and nobody else, who is banned just now', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Open') });
    const [first, second, ended] = await Promise.all(['one', 'two', 'three'].map((name) => town.someone(unique(name))));
    if (!first || !second || !ended) throw new Error('three people');
    await town.communities.ban(ana, { community, person: idOf(first), reason: 'Shouting' });
    await town.communities.ban(ana, { community, person: idOf(second), until: '2999-01-01T00:00:00Z' });
    await town.communities.ban(ana, { community, person: idOf(ended), until: '2999-01-01T00:00:00Z' });
    await town.sql`update community_bans set until = now() - interval '1 second' where person = ${idOf(ended)}`;
    const people = async (page: { first: number; after?: string }) => {
      const { items, hasNext } = await town.communities.bans(ana, community, page);
      return {
        bans: items.map(({ node }) => ({ who: node.person.id, reason: node.reason, until: node.until })),
        after: items.at(-1)?.cursor,
        hasNext,
      };
    };
    // The newest first, however long the people have been here.
    const both = [
      { who: idOf(first), reason: 'Shouting', until: null },
      { who: idOf(second), reason: '', until: '2999-01-01T00:00:00.000Z' },
    ];
    expect((await people({ first: 10 })).bans).toEqual(both.toReversed());
    await town.communities.ban(ana, { community, person: idOf(first), reason: 'Shouting' });
    const page = await people({ first: 1 });
    expect(page).toMatchObject({ bans: both.slice(0, 1), hasNext: true });
    expect(await people({ first: 1, after: page.after ?? '' })).toMatchObject({ bans: both.slice(1), hasNext: false });
    await town.communities.join(ben, { community });
    await expect(town.communities.bans(ben, community, {})).rejects.toEqual(refusal('forbidden', { rule: 'only-moderators-audit' }));
    await town.communities.unban(ana, { community, person: idOf(first) });
    expect((await people({ first: 10 })).bans.map(({ who }) => who)).toEqual([idOf(second)]);
  });

  it('[L9] tells every process of a ban of somebody who was only reading', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Open') });
    await town.heard();
    await town.communities.ban(ana, { community, person: idOf(ben) });
    expect(await town.heard()).toEqual([{ to: 'access', event: { type: 'access', community, person: idOf(ben) } }]);
  });

  it('a ban takes the invitation along', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Secret'), visibility: 'private' });
    await town.communities.invite(ana, { community, person: idOf(ben) });
    await town.communities.ban(ana, { community, person: idOf(ben) });
    await expect(town.communities.accept(ben, { community })).rejects.toEqual(refusal('not_found'));
  });

  it('a ban that has ended does not hold', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Open') });
    await town.communities.ban(ana, { community, person: idOf(ben), until: '2999-01-01T00:00:00Z' });
    await expect(town.communities.join(ben, { community })).rejects.toEqual(refusal('forbidden'));
    await town.sql`update community_bans set until = now() - interval '1 second' where community = ${community}`;
    await town.communities.join(ben, { community });
    await town.communities.leave(ben, { community });
    await town.communities.invite(ana, { community, person: idOf(ben) });
  });

  it('refuses an end that has passed or is no time', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Open') });
    for (const until of ['2001-01-01T00:00:00Z', 'tomorrow', '2030']) {
      await expect(town.communities.ban(ana, { community, person: idOf(ben), until })).rejects.toEqual(
        refusal('invalid_input', { field: 'until' }),
      );
    }
  });

  it('moderators remove members, not each other and not owners; owners cannot be removed at all', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Open') });
    const [m1, m2, member] = await Promise.all(['m1', 'm2', 'member'].map((name) => town.someone(unique(name).replace(' ', ''))));
    if (!m1 || !m2 || !member) throw new Error('three people');
    for (const who of [m1, m2, member]) await town.communities.join(who, { community });
    for (const who of [m1, m2]) await town.communities.setRole(ana, { community, person: idOf(who), role: 'moderator' });

    await expect(town.communities.kick(member, { community, person: idOf(m1) })).rejects.toEqual(refusal('forbidden'));
    await expect(town.communities.kick(m1, { community, person: idOf(m2) })).rejects.toEqual(refusal('forbidden'));
    await expect(town.communities.ban(m1, { community, person: idOf(ana) })).rejects.toEqual(refusal('forbidden', { rule: 'owners-stay' }));
    await expect(town.communities.kick(admin, { community, person: idOf(ana) })).rejects.toEqual(
      refusal('forbidden', { rule: 'owners-stay' }),
    );
    await expect(town.communities.kick(ana, { community, person: idOf(ana) })).rejects.toEqual(refusal('invalid_input'));
    await expect(town.communities.unban(member, { community, person: idOf(m2) })).rejects.toEqual(refusal('forbidden'));
    await town.communities.kick(m1, { community, person: idOf(member) });
    await town.communities.ban(ana, { community, person: idOf(m2) });
    await town.communities.kick(admin, { community, person: idOf(m1) });
  });

  it('nobody joins past a ban that is being written', async () => {
    for (let round = 0; round < 10; round++) {
      const { id: community } = await town.communities.create(ana, { name: unique('Open') });
      await Promise.allSettled([
        town.communities.join(ben, { community }),
        town.communities.ban(ana, { community, person: idOf(ben) }),
        town.communities.join(ben, { community }),
      ]);
      expect(await town.communities.myRoles(ben, [community])).toEqual([null]);
    }
  });
});

describe('roles', () => {
  it('owners give them, and the person hears of it', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Open') });
    await town.communities.join(ben, { community });
    await town.heard();
    await town.communities.setRole(ana, { community, person: idOf(ben), role: 'moderator' });
    await town.communities.setRole(ana, { community, person: idOf(ben), role: 'moderator' });
    expect(await town.heard()).toEqual([
      { to: `person ${idOf(ben)}`, event: { type: 'community_joined', community, role: 'moderator' } },
      { to: 'access', event: { type: 'access', community, person: idOf(ben) } },
    ]);
    await expect(town.communities.setRole(ben, { community, person: idOf(ben), role: 'owner' })).rejects.toEqual(refusal('forbidden'));
    await expect(town.communities.setRole(ana, { community, person: idOf(cleo), role: 'owner' })).rejects.toEqual(refusal('not_found'));
    await expect(town.communities.setRole(ana, { community, person: idOf(ana), role: 'member' })).rejects.toEqual(refusal('conflict'));
  });

  it('two owners who demote each other at the same moment leave one', async () => {
    for (let round = 0; round < 10; round++) {
      const { id: community } = await town.communities.create(ana, { name: unique('Duel') });
      await town.communities.join(ben, { community });
      await town.communities.setRole(ana, { community, person: idOf(ben), role: 'owner' });
      const results = await Promise.allSettled([
        town.communities.setRole(ana, { community, person: idOf(ben), role: 'member' }),
        town.communities.setRole(ben, { community, person: idOf(ana), role: 'member' }),
      ]);
      expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
      const [owners] =
        await town.sql`select count(*)::int as count from community_members where community = ${community} and role = 'owner'`;
      expect(owners).toEqual({ count: 1 });
    }
  });

  it('two owners who leave at the same moment leave one while others are there', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Duel') });
    for (const who of [ben, cleo]) await town.communities.join(who, { community });
    await town.communities.setRole(ana, { community, person: idOf(ben), role: 'owner' });
    const results = await Promise.allSettled([town.communities.leave(ana, { community }), town.communities.leave(ben, { community })]);
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('official communities', () => {
  it('[C6] take every new person of their application, within the given transaction', async () => {
    const { id: community } = await town.communities.create(admin, { name: unique('Town hall'), official: true });
    const other = await town.communities.create(stranger, { name: 'Elsewhere', official: true });
    const newcomer = await town.someone('newcomer');
    await town.heard();
    await expect(
      town.sql.begin(async (tx) => {
        await town.communities.joinOfficial(tx, { application: newcomer.application, person: idOf(newcomer) });
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect(await town.communities.myRoles(newcomer, [community])).toEqual([null]);
    await town.sql.begin((tx) => town.communities.joinOfficial(tx, { application: newcomer.application, person: idOf(newcomer) }));
    expect(await town.communities.myRoles(newcomer, [community, other.id])).toEqual(['member', null]);
    expect(await town.heard()).toEqual([
      { to: `person ${idOf(newcomer)}`, event: { type: 'community_joined', community, role: 'member' } },
      { to: 'access', event: { type: 'access', community, person: idOf(newcomer) } },
    ]);
    await town.communities.change(admin, { community, official: false });
  });
});

describe('another application', () => {
  it('finds nothing, whatever the verb', async () => {
    const { id: community } = await town.communities.create(ana, { name: unique('Ours') });
    const person = idOf(ben);
    const c = town.communities;
    const asks = [
      () => c.get(stranger, { id: community }),
      () => c.change(stranger, { community, name: 'Theirs' }),
      () => c.join(stranger, { community }),
      () => c.leave(stranger, { community }),
      () => c.invite(stranger, { community, person }),
      () => c.accept(stranger, { community }),
      () => c.decline(stranger, { community }),
      () => c.kick(stranger, { community, person }),
      () => c.ban(stranger, { community, person }),
      () => c.unban(stranger, { community, person }),
      () => c.setRole(stranger, { community, person, role: 'owner' }),
      () => c.members(stranger, { community }, {}),
    ];
    for (const ask of asks) await expect(ask()).rejects.toEqual(refusal('not_found'));
    expect(await c.byIds(stranger, [community])).toEqual([null]);
    expect(await c.memberCounts(stranger, [community])).toEqual([0]);
    expect(await c.myRoles(stranger, [community])).toEqual([null]);
    expect((await c.list(stranger, { q: 'Ours' }, {})).items).toEqual([]);
  });

  it('may use the same slug', async () => {
    await town.communities.create(ana, { name: 'Shared', slug: 'shared' });
    await expect(town.communities.create(stranger, { name: 'Shared', slug: 'shared' })).resolves.toMatchObject({ slug: 'shared' });
  });

  it('nonsense for an id is nothing either', async () => {
    for (const community of ['', '0', 'abc', '99999999999999999999']) {
      await expect(town.communities.join(ana, { community })).rejects.toEqual(refusal('not_found'));
      await expect(town.communities.get(ana, { id: community })).rejects.toEqual(refusal('not_found'));
      expect(await town.communities.byIds(ana, [community])).toEqual([null]);
    }
  });
});
