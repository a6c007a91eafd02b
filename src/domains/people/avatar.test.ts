import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, installation, refusal, someone } from '../accounts/testing.ts';
import { guest, type Who } from '../policy/index.ts';

let plaza: Installation;
let ana: Who;
beforeAll(async () => {
  plaza = await installation();
  ({ who: ana } = await someone(plaza, { name: 'Ana' }));
});
afterAll(() => plaza.end());

const red = { r: 200, g: 20, b: 20 };
const blue = { r: 20, g: 20, b: 200 };
const plain = (width = 60, height = 40, background = red) => sharp({ create: { width, height, channels: 3, background } });
const hashOf = (path: string | null) => path?.replace('/avatars/', '') ?? '';
const kept = async (path: string | null) => Buffer.from((await plaza.people.avatar(hashOf(path))) ?? []);
const invalid = refusal('invalid_input', { field: 'image' });

describe('a picture', () => {
  test.each(['png', 'jpeg', 'webp', 'gif', 'avif'] as const)('%s becomes a square WebP', async (format) => {
    const { avatar } = await plaza.people.setAvatar(ana, await plain().toFormat(format).toBuffer());
    expect(avatar).toMatch(/^\/avatars\/[0-9a-f]{64}$/);
    expect(await sharp(await kept(avatar)).metadata()).toMatchObject({ format: 'webp', width: 256, height: 256 });
  });

  test('is seen on the person, everywhere and at once', async () => {
    const { who } = await someone(plaza, { name: 'Bo' });
    const other = await plaza.another();
    const id = who.person?.id ?? '';
    expect((await other.people.profiles(ana, [id]))[0]?.avatar).toBe(null);
    const { avatar } = await plaza.people.setAvatar(who, await plain().png().toBuffer());
    expect((await plaza.people.profile(ana, { id })).avatar).toBe(avatar);
    await expect.poll(async () => (await other.people.profiles(ana, [id]))[0]?.avatar).toBe(avatar);
    await expect
      .poll(() => plaza.events)
      .toContainEqual({ to: `person ${id}`, event: { type: 'profile', person: { ...who.person, avatar } } });
    expect(await other.people.avatar(hashOf(avatar)), 'every process has it').toEqual(await kept(avatar));
  });

  test('the one before is gone once it is replaced or taken away, another of the same stays', async () => {
    const [{ who: bo }, { who: cy }] = [await someone(plaza), await someone(plaza)];
    const picture = await plain(30, 30, blue).png().toBuffer();
    const first = (await plaza.people.setAvatar(bo, picture)).avatar;
    expect((await plaza.people.setAvatar(cy, picture)).avatar, 'the same picture has the same address').toBe(first);
    const next = (await plaza.people.setAvatar(bo, await plain().png().toBuffer())).avatar;
    expect(next).not.toBe(first);
    expect(await kept(first)).not.toHaveLength(0);
    expect((await plaza.people.update(cy, { avatar: null })).avatar).toBe(null);
    expect(await plaza.people.avatar(hashOf(first))).toBe(null);
    expect(await kept(next)).not.toHaveLength(0);
  });

  test('is turned as its file says, and nothing else of the file is kept', async () => {
    // Left half red, right half blue, and to be turned by a quarter: red on top.
    const picture = await plain(200, 200, red)
      .composite([{ input: await plain(100, 200, blue).png().toBuffer(), left: 100, top: 0 }])
      .withExif({ IFD0: { Artist: 'the-secret-artist' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(picture.includes('the-secret-artist')).toBe(true);
    const { avatar } = await plaza.people.setAvatar(ana, picture);
    const made = await kept(avatar);
    const { exif, orientation, xmp } = await sharp(made).metadata();
    expect([exif, orientation, xmp, made.includes('the-secret-artist')]).toEqual([undefined, undefined, undefined, false]);
    const { data } = await sharp(made)
      .extract({ left: 128, top: 20, width: 1, height: 1 })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(data[0] ?? 0).toBeGreaterThan(data[2] ?? 0);
  });

  test('of an animation the first frame', async () => {
    const frames = await Promise.all([red, blue].map((colour) => plain(20, 20, colour).png().toBuffer()));
    const animation = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await sharp(animation).metadata()).pages).toBe(2);
    const { avatar } = await plaza.people.setAvatar(ana, animation);
    expect((await sharp(await kept(avatar)).metadata()).pages ?? 1).toBe(1);
    const { channels } = await sharp(await kept(avatar)).stats();
    expect(channels[0]?.mean ?? 0).toBeGreaterThan(channels[2]?.mean ?? 0);
  });
});

describe('refused', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>';

  test.each([
    ['nothing', () => Buffer.alloc(0)],
    ['a text', () => Buffer.from('hello')],
    ['an SVG', () => Buffer.from(svg)],
    ['an SVG with a declaration', () => Buffer.from(`<?xml version="1.0"?>${svg}`)],
    ['a TIFF', () => plain().tiff().toBuffer()],
    ['only the beginning of a PNG', () => Buffer.from('89504e470d0a1a0a', 'hex')],
    ['an SVG behind the beginning of a JPEG', () => Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.from(svg)])],
    ['half a PNG', async () => half(await noise().png().toBuffer())],
    ['half a JPEG', async () => half(await noise().jpeg().toBuffer())],
    ['half a WebP', async () => half(await noise().webp().toBuffer())],
    ['half a GIF', async () => half(await noise().gif().toBuffer())],
    ['half an AVIF', async () => half(await noise().avif({ effort: 0 }).toBuffer())],
    ['a small file of very many pixels', () => plain(8_000, 7_000).png().toBuffer()],
  ])('%s', { timeout: 30_000 }, async (_name, make) => {
    await expect(plaza.people.setAvatar(ana, await make())).rejects.toEqual(invalid);
  });

  test('more than 5 MB', async () => {
    const png = await plain().png().toBuffer();
    const large = Buffer.concat([png, Buffer.alloc(5 * 1024 * 1024)]);
    await expect(plaza.people.setAvatar(ana, large)).rejects.toEqual(refusal('too_large'));
  });

  test('guests', async () => {
    await expect(plaza.people.setAvatar(guest(''), await plain().png().toBuffer())).rejects.toEqual(refusal('unauthenticated'));
  });

  test('a hash that is none is nobody', async () => {
    for (const hash of ['', 'x', '\u0000', 'A'.repeat(64), 'a'.repeat(64)]) expect(await plaza.people.avatar(hash)).toBe(null);
  });
});

function half(file: Buffer): Buffer {
  return file.subarray(0, Math.floor(file.length / 2));
}

function noise() {
  return sharp({ create: { width: 300, height: 300, channels: 3, background: red, noise: { type: 'gaussian', mean: 128, sigma: 60 } } });
}
