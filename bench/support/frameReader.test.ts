import { expect, it } from 'vitest';
import { packetOf } from '../../src/faces/socket/packet.ts';
import { createFrameReader } from './frameReader.ts';

const texts = ['a', '', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(70_000), 'e'];

it.each([1, 7, 1000, 1_000_000])('frames of every size, in pieces of %i bytes', (size) => {
  const bytes = Buffer.concat(texts.map((text) => packetOf([text]).frame));
  const heard: string[] = [];
  const read = createFrameReader((payload) => heard.push(payload.toString()));
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
  expect(heard).toEqual(texts);
});
