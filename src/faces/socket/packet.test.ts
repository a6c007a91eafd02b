import { expect, test } from 'vitest';
import type { Channel, Message, Person } from '../../../contracts/nouns.ts';
import type { ServerFrame } from '../../../contracts/wire.ts';
import { shareBytes, toPacket } from './packet.ts';

const message = (number: number) => ({ channel: '7', number, version: number, body: `“${number}” ☃` }) as Message;

test('a frame of shared messages is the same frame', () => {
  const messages = [message(3), message(4)];
  const frame: ServerFrame = {
    type: 'joined',
    id: 'a "quoted" id',
    channel: { id: '7' } as Channel,
    since: 2,
    version: 4,
    number: 4,
    read: 1,
    messages,
    mine: [{ number: 3, emoji: ['👍'], bookmarked: true }],
    people: [{ id: '1', handle: 'ana', name: 'Ana', bot: false, avatar: null } satisfies Person],
    gap: false,
  };
  shareBytes(messages);
  expect(JSON.parse(toPacket(frame).json.toString())).toEqual(frame);
});
