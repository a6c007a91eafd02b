import { describe, expect, test } from 'vitest';
import { PlazaError } from '../../../contracts/errors.ts';
import { testCommunity, testGround, testPerson } from '../testing.ts';

const ground = await testGround();
const { sql, conversations, reactions, log, policy } = ground;
const ana = await testPerson(sql, 'ana');
const ben = await testPerson(sql, 'ben');
const community = await testCommunity(sql, [
  { who: ana, role: 'owner' },
  { who: ben, role: 'member' },
]);
const chat = async () => (await conversations.createChannel(ana, { community, name: 'chat' })).id;
const refusal = (code: string, more: object = {}) => expect.objectContaining({ code, ...more });

describe('posting', () => {
  test('[L1] [L2] many at once are numbered without a gap, and every change moves the version by one', async () => {
    const channels = [await chat(), await chat(), await chat()];
    const posted = await Promise.all(
      Array.from({ length: 600 }, (_, i) =>
        conversations.post(i % 2 ? ana : ben, { channel: channels[i % 3] ?? '', body: `message ${i}`, key: `k${i}` }),
      ),
    );
    for (const channel of channels) {
      const numbers = posted.filter((p) => p.channel === channel).map((p) => p.number);
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
      expect(posted.filter((p) => p.channel === channel).every((p) => p.version === p.number)).toBe(true);
      const [head] = await conversations.heads([channel]);
      expect(head).toEqual({ channel, number: 200, version: 200 });
    }
  });

  test('[L4] the same key gives the first message, also in the same group and after an edit', async () => {
    const channel = await chat();
    const same = await Promise.all(Array.from({ length: 20 }, () => conversations.post(ana, { channel, body: 'once', key: 'same' })));
    expect(new Set(same.map((p) => p.number))).toEqual(new Set([1]));
    expect(same.filter((p) => !p.repeated)).toHaveLength(1);
    await conversations.edit(ana, { channel, number: 1, body: 'changed' });
    const again = await conversations.post(ana, { channel, body: 'something else', key: 'same' });
    expect(again).toMatchObject({ number: 1, repeated: true, message: { body: 'changed' } });
    const other = await conversations.post(ben, { channel, body: 'mine', key: 'same' });
    expect(other).toMatchObject({ number: 2, repeated: false });
  });

  test('one poisoned change in a group fails alone, and the others keep their order', async () => {
    const channel = await chat();
    const fine = (i: number) =>
      log.change({
        channel,
        by: ana.person,
        key: `f${i}`,
        plan: () => ({ do: 'post', body: `fine ${i}`, replyTo: null, mentions: [], link: null }),
      });
    // Past the domain's own check on purpose: PostgreSQL cannot store U+0000.
    const poison = log.change({
      channel,
      by: ana.person,
      key: 'p',
      plan: () => ({ do: 'post', body: 'a\u0000b', replyTo: null, mentions: [], link: null }),
    });
    const results = await Promise.allSettled([fine(0), fine(1), poison, fine(2), fine(3)]);
    expect(results.map((r) => (r.status === 'fulfilled' ? r.value.number : r.reason.code))).toEqual([1, 2, 'invalid_input', 3, 4]);
  });

  test('a refused change in a group leaves no trace', async () => {
    const channel = await chat();
    await conversations.post(ana, { channel, body: 'one' });
    const results = await Promise.allSettled([
      conversations.edit(ben, { channel, number: 1, body: 'not mine' }),
      conversations.post(ben, { channel, body: 'two' }),
      conversations.post(ben, { channel, body: 'to nothing', replyTo: 99 }),
    ]);
    expect(results[0]).toMatchObject({ status: 'rejected', reason: refusal('forbidden', { details: { rule: 'only-authors-edit' } }) });
    expect(results[1]).toMatchObject({ value: { number: 2, version: 2 } });
    expect(results[2]).toMatchObject({ reason: refusal('invalid_input') });
    expect((await conversations.since(ana, { channel, version: 0 })).messages.map((m) => m.body)).toEqual(['one', 'two']);
  });

  test('bad input is refused with the field named', async () => {
    const channel = await chat();
    for (const [input, field] of [
      [{ body: '' }, 'body'],
      [{ body: '  \n ' }, 'body'],
      [{ body: 'x'.repeat(10_001) }, 'body'],
      [{ body: 'a\u0000' }, 'body'],
      [{ body: '\ud800' }, 'body'],
      [{ body: 'a', key: 'with space' }, 'key'],
      [{ body: 'a', key: 'k'.repeat(65) }, 'key'],
      [{ body: 'a', replyTo: 0 }, 'replyTo'],
    ] as const) {
      await expect(conversations.post(ana, { channel, ...input })).rejects.toMatchObject({ code: 'invalid_input', details: { field } });
    }
    await expect(conversations.post(ana, { channel: '12345', body: 'a' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(conversations.post(ana, { channel: "1' or 1=1", body: 'a' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('changing', () => {
  test('[L2] [L7] edit, reaction, pin, deletion and a new name each have a version; since gives the latest state once', async () => {
    const channel = await chat();
    await conversations.post(ana, { channel, body: 'one' });
    await conversations.post(ben, { channel, body: 'two' });
    expect(await conversations.edit(ana, { channel, number: 1, body: 'one, better' })).toMatchObject({ version: 3 });
    expect(await conversations.edit(ana, { channel, number: 1, body: 'one, better' })).toMatchObject({ version: 3 });
    expect(await reactions.react(ben, { channel, number: 1, emoji: '👍', on: true })).toMatchObject({ version: 4 });
    expect(await reactions.react(ben, { channel, number: 1, emoji: '👍', on: true })).toMatchObject({ version: 4 });
    expect(await reactions.react(ana, { channel, number: 1, emoji: '👍', on: true })).toMatchObject({
      message: { reactions: [{ emoji: '👍', count: 2 }] },
    });
    expect(await conversations.pin(ana, { channel, number: 2, on: true })).toMatchObject({ version: 6 });
    expect(await conversations.change(ana, { channel, topic: 'new' })).toMatchObject({ topic: 'new' });
    expect(await reactions.mine(ben, channel, [1, 2])).toEqual([{ number: 1, emoji: ['👍'] }]);

    const since = await conversations.since(ben, { channel, version: 2 });
    expect(since).toMatchObject({ version: 7, number: 2, gap: false, details: { topic: 'new' } });
    expect(since.messages.map((m) => [m.number, m.version, m.body])).toEqual([
      [1, 5, 'one, better'],
      [2, 6, 'two'],
    ]);
    expect(await conversations.since(ben, { channel, version: 7 })).toMatchObject({ messages: [], details: null });
    expect(await conversations.since(ben, { channel, version: 0, limit: 1 })).toMatchObject({ messages: [], version: 2, gap: true });
    expect((await conversations.pins(ben, channel, {})).items.map((i) => i.node.number)).toEqual([2]);

    expect(await conversations.delete(ana, { channel, number: 1 })).toMatchObject({ version: 8, message: { body: null, reactions: [] } });
    await expect(reactions.react(ben, { channel, number: 1, emoji: '👍', on: true })).rejects.toMatchObject({ code: 'conflict' });
    expect(await reactions.mine(ben, channel, [1])).toEqual([]);
    expect((await conversations.revisions(ana, { channel, number: 1 })).map((r) => r.body)).toEqual(['one', 'one, better']);
    await expect(conversations.revisions(ben, { channel, number: 1 })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('changes of one message within one group build on each other', async () => {
    const channel = await chat();
    // With standings remembered, all of these reach the log within a turn or two and make a group.
    policy.remember(true);
    await Promise.all([conversations.post(ana, { channel, body: 'zero' }), policy.toChannel(ben, channel)]);
    const all = await Promise.all([
      conversations.edit(ana, { channel, number: 1, body: 'a' }),
      reactions.react(ana, { channel, number: 1, emoji: '🎉', on: true }),
      reactions.react(ben, { channel, number: 1, emoji: '🎉', on: true }),
      reactions.react(ana, { channel, number: 1, emoji: '🎉', on: false }),
      conversations.edit(ana, { channel, number: 1, body: 'b' }),
      conversations.pin(ana, { channel, number: 1, on: true }),
    ]);
    expect(all.map((c) => c.version).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7]);
    const [message] = await conversations.messages(ben, [{ channel, number: 1 }]);
    expect(message).toMatchObject({ version: 7, body: 'b', reactions: [{ emoji: '🎉', count: 1 }] });
    expect((await conversations.revisions(ben, { channel, number: 1 })).map((r) => r.body)).toEqual(['zero', 'a']);
    expect((await reactions.people(ana, { channel, number: 1, emoji: '🎉' }, {})).items.map((i) => i.node)).toEqual([ben.person.id]);
  });
});

describe('reading', () => {
  test('pages by number both ways, from anywhere', async () => {
    const channel = await chat();
    await Promise.all(Array.from({ length: 25 }, (_, i) => conversations.post(ana, { channel, body: `${i + 1}` })));
    const numbers = async (place: object) => {
      const page = await conversations.page(ben, { channel, limit: 10, ...place });
      return [page.messages[0]?.number ?? 0, page.messages.at(-1)?.number ?? 0, page.more.before, page.more.after];
    };
    expect(await numbers({})).toEqual([16, 25, true, false]);
    expect(await numbers({ before: 16 })).toEqual([6, 15, true, true]);
    expect(await numbers({ before: 6 })).toEqual([1, 5, false, true]);
    expect(await numbers({ before: 1 })).toEqual([0, 0, false, false]);
    expect(await numbers({ after: 20 })).toEqual([21, 25, true, false]);
    expect(await numbers({ around: 12 })).toEqual([7, 16, true, true]);
    expect(await numbers({ around: 2_000_000_000 })).toEqual([0, 0, false, false]);
    await expect(conversations.page(ben, { channel, before: 1, after: 1 })).rejects.toBeInstanceOf(PlazaError);
  });

  test('[L11] unread is last number − read number; a position never goes back or beyond the end', async () => {
    const channel = await chat();
    await conversations.post(ana, { channel, body: '1' });
    await conversations.post(ana, { channel, body: '2' });
    const place = async (who: typeof ana) => (await conversations.mine(who)).find((m) => m.channel.id === channel);
    expect(await place(ben)).toMatchObject({ number: 2, read: 0 });
    expect(await place(ana)).toMatchObject({ number: 2, read: 2 });
    expect(await conversations.markRead(ben, { channel, number: 99 })).toEqual({ number: 2 });
    expect(await conversations.markRead(ben, { channel, number: 1 })).toEqual({ number: 2 });
    expect((await conversations.readers(ana, { channel, number: 2 }, {})).items.map((i) => i.node.person)).toEqual([
      ana.person.id,
      ben.person.id,
    ]);
  });
});

test('[E2] a direct channel exists once, however many open it at the same moment', async () => {
  const opened = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      i % 2 ? conversations.openDirect(ana, { person: ben.person.id }) : conversations.openDirect(ben, { person: ana.person.id }),
    ),
  );
  expect(new Set(opened.map((c) => c.id)).size).toBe(1);
});
