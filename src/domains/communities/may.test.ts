import { afterAll, beforeAll, expect, it } from 'vitest';
import { guest, type Who } from '../policy/index.ts';
import { createTown, idOf, type Town } from './testing.ts';

let town: Town;
let ana: Who;
let ben: Who;
let eve: Who;

beforeAll(async () => {
  town = await createTown();
  ana = await town.someone('ana');
  ben = await town.someone('ben');
  eve = await town.someone('eve');
});
afterAll(() => town.end());

/** The names of what is allowed, community by community. */
async function allowed(who: Who, communities: string[]): Promise<string[]> {
  return (await town.communities.may(who, communities)).map((may) =>
    Object.entries(may)
      .filter(([, yes]) => yes)
      .map(([name]) => name)
      .join(' '),
  );
}

it('tells everybody what the policy would say, community by community', async () => {
  const open = (await town.communities.create(ana, { name: 'Open' })).id;
  const closed = (await town.communities.create(ana, { name: 'Closed', visibility: 'private' })).id;
  const all = [open, closed, 'x'];
  for (const community of [open, closed]) {
    await town.communities.invite(ana, { community, person: idOf(ben) });
    await town.communities.accept(ben, { community });
  }
  const everything = 'change govern invite moderate startDiscussion createChannel audit';
  expect(await allowed(ana, all)).toEqual([everything, everything, '']);
  expect(await allowed(ben, all)).toEqual(['invite startDiscussion', 'startDiscussion', '']);
  expect(await allowed(eve, all)).toEqual(['join', '', '']);
  expect(await allowed(guest('::1'), all)).toEqual(['', '', '']);
  await town.communities.invite(ana, { community: closed, person: idOf(eve) });
  expect(await allowed(eve, all)).toEqual(['join', 'join', '']);
  await town.communities.ban(ana, { community: open, person: idOf(eve) });
  expect(await allowed(eve, all)).toEqual(['', 'join', '']);
  await town.communities.setRole(ana, { community: open, person: idOf(ben), role: 'moderator' });
  expect(await allowed(ben, all)).toEqual(['invite moderate startDiscussion createChannel audit', 'startDiscussion', '']);
  expect(await allowed(await town.someone('staff', 'moderator'), all)).toEqual(['moderate join audit', 'moderate audit', '']);
  expect(await allowed(await town.someone('foreign', 'admin', await town.otherApplication()), all)).toEqual(['', '', '']);
});

it('names the tags most used by the communities that one may see', async () => {
  const zoo = await town.otherApplication();
  const keeper = await town.someone('keeper', 'member', zoo);
  for (const [name, tags, visibility] of [
    ['A', ['fish', 'birds'], 'public'],
    ['B', ['birds'], 'public'],
    ['C', ['snakes', 'birds'], 'private'],
  ] as const) {
    await town.communities.create(keeper, { name: `House ${name}`, tags: [...tags], visibility });
  }
  expect(await town.communities.tags(keeper)).toEqual(['birds', 'fish', 'snakes']);
  expect(await town.communities.tags(keeper, 1)).toEqual(['birds']);
  expect(await town.communities.tags(guest('::1', zoo))).toEqual(['birds', 'fish']);
  expect(await town.communities.tags(ana)).toEqual([]);
  await expect(town.communities.tags(ana, 1000)).rejects.toMatchObject({ code: 'invalid_input', details: { field: 'first' } });
});
