import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testCommunity, testGround, testPerson } from '../testing.ts';

const { sql, conversations, reactions } = await testGround();
const ana = await testPerson(sql, 'ana');
const community = await testCommunity(sql, [{ who: ana, role: 'owner' }]);
const chat = async () => (await conversations.createChannel(ana, { community, name: 'chat' })).id;

/** Asks again from each answer's version, as clients do. */
async function walk(channel: string, from: number, limit: number) {
  const pages = [];
  for (let version = from, gap = true; gap; ) {
    const page = await conversations.since(ana, { channel, version, limit });
    expect(page.messages.length).toBeLessThanOrEqual(limit);
    if (page.gap) expect(page.version).toBeGreaterThan(version);
    for (const message of page.messages) expect(message.version > version && message.version <= page.version).toBe(true);
    pages.push(page);
    ({ version, gap } = page);
  }
  return pages;
}

const what = fc.oneof(
  { weight: 3, arbitrary: fc.constant('post' as const) },
  { weight: 4, arbitrary: fc.constantFrom('react', 'edit', 'pin', 'delete') },
  { weight: 1, arbitrary: fc.constant('topic' as const) },
);
const changes = fc.array(fc.record({ what, which: fc.nat(), value: fc.nat(3) }), { minLength: 1, maxLength: 40 });

test('[L7] from any version, in parts of any size, each message changed since comes once and in its latest state', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (all) => {
      const channel = await chat();
      let number = 0;
      for (const { what, which, value } of all) {
        const touched = { channel, number: number === 0 ? 1 : 1 + (which % number) };
        if (what === 'post' || number === 0) ({ number } = await conversations.post(ana, { channel, body: `body ${value}` }));
        else if (what === 'topic') await conversations.change(ana, { channel, topic: `topic ${value}` });
        // Some are of a deleted message, and refused.
        else if (what === 'react') await reactions.react(ana, { ...touched, emoji: '👍', on: value % 2 === 0 }).catch(() => {});
        else if (what === 'edit') await conversations.edit(ana, { ...touched, body: `edited ${value}` }).catch(() => {});
        else if (what === 'pin') await conversations.pin(ana, { ...touched, on: value % 2 === 0 }).catch(() => {});
        else await conversations.delete(ana, touched);
      }
      const [head] = await conversations.heads([channel]);
      const version = head?.version ?? 0;
      const rows = await sql<{ number: number; version: number }[]>`
        select number, version from messages where channel = ${channel} order by version`;
      for (const limit of [1, 3, 50]) {
        for (let from = 0; from <= version; from += limit === 1 ? 1 : 2) {
          const pages = await walk(channel, from, limit);
          expect(pages.at(-1)).toMatchObject({ version, number, gap: false });
          expect(pages.flatMap((page) => page.messages.map((m) => ({ number: m.number, version: m.version })))).toEqual(
            rows.filter((row) => row.version > from).map((row) => ({ number: row.number, version: row.version })),
          );
        }
      }
      expect(await conversations.since(ana, { channel, version: version + 5 })).toMatchObject({ messages: [], gap: false });
    }),
    { numRuns: 25 },
  );
});

test('[L7] where every message was changed long after it was posted, a part may hold none, and the next ones all', async () => {
  const channel = await chat();
  for (let i = 0; i < 12; i++) await conversations.post(ana, { channel, body: `body ${i}` });
  for (let number = 12; number > 0; number--) await reactions.react(ana, { channel, number, emoji: '👍', on: true });
  const pages = await walk(channel, 0, 5);
  expect(pages.map((page) => page.messages.map((message) => message.number))).toEqual([
    [],
    [],
    [12, 11, 10, 9, 8],
    [7, 6, 5, 4, 3],
    [2, 1],
  ]);
});
