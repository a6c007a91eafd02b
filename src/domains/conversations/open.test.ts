import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Channel, Id } from '../../../contracts/nouns.ts';
import { createTown, idOf, type Town } from '../communities/testing.ts';
import type { Who } from '../policy/index.ts';
import { testCommunity } from '../testing.ts';

let town: Town;
let ana: Who;
let ben: Who;
let community: Id;

beforeAll(async () => {
  town = await createTown();
  [ana, ben] = await Promise.all([town.someone('ana'), town.someone('ben')]);
  community = await testCommunity(town.sql, [{ who: ana, role: 'owner' }]);
});
afterAll(() => town.end());

/** The feed holds what changes access until every query finds it; a server that hears of a channel too early would not list it. */
test.each<[string, () => Promise<Channel>, () => Who[]]>([
  ['a group', () => town.conversations.createGroup(ana, { people: [idOf(ben)] }), () => [ana, ben]],
  ['a direct channel', () => town.conversations.openDirect(ana, { person: idOf(ben) }), () => [ana, ben]],
  ['a private chat', () => town.conversations.createChannel(ana, { community, name: 'den', visibility: 'private' }), () => [ana]],
])('[L9] %s is told to who is in it, and to nobody else, with the change of their access before it', async (_kind, open, members) => {
  await town.heard();
  const channel = await open();
  expect((await town.heard()).filter(({ event }) => event.type === 'access' || event.type === 'channel_joined')).toEqual(
    members().flatMap((who) => [
      { to: 'access', event: { type: 'access', channel: channel.id, person: idOf(who) } },
      { to: `person ${idOf(who)}`, event: { type: 'channel_joined', channel } },
    ]),
  );
});
