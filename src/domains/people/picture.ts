import type { Sharp } from 'sharp';
import { PlazaError } from '../../../contracts/errors.ts';
import { createTurns } from '../../kit/turns.ts';
import { refuse } from './fields.ts';

const most = { bytes: 5 * 1024 * 1024, pixels: 50_000_000 };
const side = 256;

/** The worst picture of 50 million pixels (interlaced, to be turned) takes 1.8 s of one core and 250 MB while it is read. */
const turn = createTurns({
  atOnce: 2,
  mostWaiting: 20,
  refusal: () => new PlazaError('unavailable', 'Many pictures are being read just now; try again in a moment.', { retryAfter: 2 }),
});

/**
 * A picture as people are shown: a square WebP with nothing of the file but its pixels.
 * @throws invalid_input (field `image`), too_large, unavailable
 */
export async function squarePicture(image: Uint8Array): Promise<Buffer> {
  if (image.length > most.bytes)
    throw new PlazaError('too_large', 'A picture has at most 5 MB.', { field: 'image', rule: 'picture-size', limit: 5 });
  // Only these are ever given to the decoder: among the others it knows are some that read files and addresses.
  if (!isPicture(image)) refuse('image', 'no-picture', 'A picture is a PNG, JPEG, WebP, GIF or AVIF file.');
  return turn(async () => {
    const { default: sharp } = await import('sharp');
    const picture = sharp(image, { limitInputPixels: most.pixels, failOn: 'truncated', pages: 1 });
    return square(picture).catch(() =>
      refuse('image', 'picture-broken', 'This picture cannot be read: it is broken, cut off, or has too many pixels.'),
    );
  });
}

function square(picture: Sharp): Promise<Buffer> {
  return picture.autoOrient().resize(side, side, { fit: 'cover' }).webp({ quality: 82 }).timeout({ seconds: 10 }).toBuffer();
}

/** By what a file of each kind begins with. */
function isPicture(image: Uint8Array): boolean {
  const head = Buffer.from(image.subarray(0, 32)).toString('latin1');
  if (head.startsWith('RIFF')) return head.startsWith('WEBP', 8);
  if (head.startsWith('ftyp', 4)) return head.includes('avif', 8) || head.startsWith('avis', 8);
  return ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF87a', 'GIF89a'].some((beginning) => head.startsWith(beginning));
}
