import { once } from 'node:events';
import { expect, test } from 'vitest';
import { openHouse } from './testing.ts';

test('draining answers what was asked, then tells everyone to come back', async () => {
  const house = await openHouse();
  const { token } = await house.someone('Ana');
  const { channel } = await house.chat(token);
  const [a, b] = [await house.enter(token), await house.enter(token)];
  const poll = house.ask('GET', `/v1/events?poll=${await house.doors.conversations.epoch()}`, { token });
  await b.ask({ type: 'join', channel });
  const acks = Promise.allSettled(Array.from({ length: 50 }, (_, i) => a.ask({ type: 'send', channel, key: `k${i}`, body: 'x' })));
  while (!/plaza_socket_polls_open 1/.test((await house.ask('GET', '/metrics')).text))
    await new Promise((resolve) => setTimeout(resolve, 1));
  // Some of them are with the server by now.
  while (!a.frames.some((frame) => frame.type === 'ack')) await new Promise((resolve) => setTimeout(resolve, 1));
  const began = performance.now();
  const drained = house.face.drain();
  const late = house.connect();
  const [, response] = await once(late.ws, 'unexpected-response');
  expect(response.statusCode).toBe(503);
  response.destroy();
  await drained;
  const took = performance.now() - began;
  for (const socket of [a, b]) {
    expect(await socket.next('bye')).toMatchObject({ code: 'draining', retryAfter: expect.any(Number) });
    expect(await socket.closed).toMatchObject({ code: 4000 });
  }
  expect((await poll).body['frames']).toMatchObject([{ type: 'bye', code: 'draining' }]);
  // Every send that has an answer is in the log; every message in the log was answered, if that took no longer than it may.
  await acks;
  const answered = a.frames.filter((frame) => frame.type === 'ack').length;
  const [head] = await house.doors.conversations.heads([channel]);
  if (took < 2000) expect(head?.number).toBe(answered);
  else expect(head?.number).toBeGreaterThanOrEqual(answered);
  await house.end();
});

test('who is on the way in when it drains is told to come back', async () => {
  const house = await openHouse();
  const { token } = await house.someone('Ana');
  const { conversations } = house.doors;
  const { epoch } = conversations;
  const [asked, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  conversations.epoch = async () => {
    asked.resolve();
    await opened.promise;
    return epoch();
  };
  const poll = house.ask('GET', '/v1/events?poll=', { token });
  await asked.promise;
  await house.face.drain();
  opened.resolve();
  expect(await poll).toMatchObject({ status: 503, body: { code: 'unavailable', retryable: true } });
  await house.end();
});
