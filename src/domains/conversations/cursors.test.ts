import { expect, test } from 'vitest';
import { encodeCursor } from '../../kit/page.ts';
import { createCommunities } from '../communities/index.ts';
import { createPeople } from '../people/index.ts';
import { testCommunity, testGround, testPerson } from '../testing.ts';

const { sql, reads, policy, conversations } = await testGround();
const people = createPeople({ sql, policy });
const communities = createCommunities({ sql, reads, policy, conversations, people });
const ana = await testPerson(sql, 'ana', 'admin');
const home = await testCommunity(sql, [{ who: ana, role: 'owner' }]);
const { channel } = await conversations.createDiscussion(ana, { community: home, title: 't', body: 'b' });

// What a caller may make up: well-formed cursors with numbers that no column holds.
test.each([1e300, -1e300, 1e-300, 2 ** 31, -(2 ** 31) - 1, 0.5, -1])(
  'a cursor with %d is answered or refused, never an error',
  async (n) => {
    const [one, two] = [encodeCursor([n]), encodeCursor([n, '5'])];
    const lists = [
      conversations.appChats(ana, '1', { after: one }),
      conversations.search(ana, { channel: channel.id, q: 'b' }, { after: one }),
      conversations.discussions(ana, { community: home, sort: 'latest' }, { after: two }),
      conversations.discussions(ana, { community: home, sort: 'popular' }, { after: two }),
      conversations.pins(ana, channel.id, { after: encodeCursor([n, n]) }),
      people.search(ana, { q: 'ana' }, { after: two }),
      communities.list(ana, { q: 'test' }, { after: two }),
      conversations.messagesOf(ana, [channel.id], n, 10),
    ];
    for (const [i, list] of (await Promise.allSettled(lists)).entries()) {
      if (list.status === 'rejected') expect(list.reason, `list ${i}`).toMatchObject({ code: 'invalid_input' });
    }
  },
);

test('a cursor goes on where the page ended', async () => {
  for (const title of ['u', 'v']) await conversations.createDiscussion(ana, { community: home, title, body: 'b' });
  for (const sort of ['latest', 'popular', 'unanswered'] as const) {
    const all = (await conversations.discussions(ana, { community: home, sort }, {})).items;
    const after = all[0]?.cursor;
    expect((await conversations.discussions(ana, { community: home, sort }, { after })).items).toEqual(all.slice(1));
  }
});
