import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id } from '../../../contracts/nouns.ts';
import { type Sql, sqlState } from '../../engines/postgres/index.ts';
import { createTown, idOf, type Town } from '../communities/testing.ts';
import type { Who } from '../policy/index.ts';
import { testCommunity } from '../testing.ts';
import type { Conversations } from './index.ts';

let town: Town;
let conversations: Conversations;
let ana: Who;
let ben: Who;
let cleo: Who;
let eve: Who;
let community: Id;

beforeAll(async () => {
  town = await createTown();
  conversations = town.conversations;
  [ana, ben, cleo, eve] = await Promise.all([town.someone('ana'), town.someone('ben'), town.someone('cleo'), town.someone('eve')]);
  community = await testCommunity(town.sql, [
    { who: ana, role: 'owner' },
    { who: ben, role: 'member' },
    { who: cleo, role: 'member' },
  ]);
});
afterAll(() => town.end());

async function chat(messages: number): Promise<Id> {
  const { id } = await conversations.createChannel(ana, { community, name: 'chat' });
  for (let i = 0; i < messages; i++) await conversations.post(ana, { channel: id, body: String(i) });
  return id;
}

const readBy = async (who: Who, channel: Id) => (await conversations.mine(who)).find((mine) => mine.channel.id === channel)?.read;
/** What persons' devices were told was read since the last call. */
const told = async () =>
  (await town.heard()).flatMap(({ to, event }) => (event.type === 'read' ? [`${to} ${event.channel} ${event.number}`] : []));

test('[L11] marks that come together are each answered, and told to the person’s own devices', async () => {
  const [one, other] = [await chat(5), await chat(3)];
  await town.heard();
  const answers = await Promise.all([
    conversations.markRead(ben, { channel: one, number: 2 }),
    conversations.markRead(ana, { channel: one, number: 1 }),
    conversations.markRead(ben, { channel: other, number: 99 }),
    conversations.markRead(ben, { channel: one, number: 4 }),
    conversations.markRead(ben, { channel: one, number: 0 }),
  ]);
  expect(answers.map(({ number }) => number)).toEqual([4, 5, 3, 4, 4]);
  expect((await told()).sort()).toEqual([`person ${idOf(ben)} ${one} 4`, `person ${idOf(ben)} ${other} 3`].sort());
  expect(await readBy(ben, one)).toBe(4);
});

test('nobody is told when nothing moved', async () => {
  const channel = await chat(2);
  await town.heard();
  expect(await conversations.markRead(ana, { channel, number: 1 })).toEqual({ number: 2 });
  expect(await told()).toEqual([]);
});

test('[L9] one that is refused leaves the others as they are', async () => {
  const channel = await chat(2);
  const hidden = (await conversations.createChannel(ana, { community, name: 'hidden', visibility: 'private' })).id;
  await conversations.post(ana, { channel: hidden, body: 'hush' });
  const answers = await Promise.allSettled([
    conversations.markRead(ben, { channel: hidden, number: 1 }),
    conversations.markRead(ben, { channel, number: 2 }),
    conversations.markRead(eve, { channel: '42', number: 1 }),
    conversations.markRead(ben, { channel, number: -1 }),
    conversations.markRead(ben, { channel, number: 2 ** 31 }),
  ]);
  expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.number : answer.reason.code))).toEqual([
    'not_found',
    2,
    'not_found',
    'invalid_input',
    'invalid_input',
  ]);
  const [row] = await town.sql<
    { count: number }[]
  >`select count(*)::int as count from read_positions where channel = ${hidden} and person = ${idOf(ben)}`;
  expect(row?.count).toBe(0);
});

/** One transaction waits for another one's end. */
async function oneWaits(): Promise<void> {
  const waiting = () => town.sql`select from pg_stat_activity where wait_event = 'transactionid' and datname = current_database()`;
  await expect.poll(async () => (await waiting()).length).toBe(1);
}

test('who loses a deadlock against somebody with another order writes again', async () => {
  const { sql } = town;
  const take = (tx: Sql, channel: Id) => tx`insert into read_positions (person, channel, number) values (${idOf(ben)}, ${channel}, 0)`;
  /** Answers false if it was the other one who lost: who has waited for a second looks whether there is a ring. */
  async function lost(): Promise<boolean> {
    const [one, other] = [await chat(1), await chat(1)];
    let marks: Promise<{ number: number }[]> = Promise.resolve([]);
    const isLost = await sql
      .begin(async (tx) => {
        await take(tx, other);
        marks = Promise.all([one, other].map((channel) => conversations.markRead(ben, { channel, number: 1 })));
        await oneWaits();
        await take(tx, one);
        return true;
      })
      .catch((error: unknown) => (sqlState(error) === '40P01' ? false : Promise.reject(error)));
    expect(await marks).toEqual([{ number: 1 }, { number: 1 }]);
    return isLost;
  }
  while (!(await lost()));
});

test('[L11] who is overtaken by another device is told how far that came', async () => {
  const { sql } = town;
  for (const from of [null, 1]) {
    const channel = await chat(6);
    if (from !== null) await conversations.markRead(ben, { channel, number: from });
    let marks: Promise<{ number: number }[]> = Promise.resolve([]);
    await sql.begin(async (tx) => {
      await tx`
        insert into read_positions (person, channel, number) values (${idOf(ben)}, ${channel}, 5)
        on conflict (person, channel) do update set number = excluded.number`;
      marks = Promise.all([ben, cleo].map((who) => conversations.markRead(who, { channel, number: 4 })));
      await oneWaits();
    });
    expect(await marks).toEqual([{ number: 5 }, { number: 4 }]);
  }
});

test('[L11] in any order and any company a position is the largest that was said, and never beyond the end', async () => {
  const mark = fc.record({ who: fc.constantFrom('ana', 'ben'), channel: fc.nat(1), number: fc.nat(9), together: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(mark, { minLength: 1, maxLength: 12 }), async (marks) => {
      const channels = [await chat(0), await chat(0)];
      for (const channel of channels) for (let i = 0; i < 6; i++) await conversations.post(cleo, { channel, body: 'x' });
      let under: Promise<unknown>[] = [];
      for (const { who, channel, number, together } of marks) {
        under.push(conversations.markRead(who === 'ana' ? ana : ben, { channel: channels[channel] ?? '', number }));
        if (together) continue;
        await Promise.all(under);
        under = [];
      }
      await Promise.all(under);
      for (const name of ['ana', 'ben'] as const) {
        for (const [place, channel] of channels.entries()) {
          const said = marks.filter((one) => one.who === name && one.channel === place).map(({ number }) => number);
          expect(await readBy(name === 'ana' ? ana : ben, channel)).toBe(Math.min(6, Math.max(0, ...said)));
        }
      }
    }),
    { numRuns: 15 },
  );
});
