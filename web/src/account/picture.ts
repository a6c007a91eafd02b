import { PlazaError } from '../../../contracts/errors.ts';

/** Twice what the server keeps, so that it has something to make smaller. */
const side = 512;

/** The middle of a picture as a small WebP, in base64: a phone's photo need not be sent whole. @throws PlazaError invalid_input */
export async function asSmallPicture(file: File): Promise<string> {
  const picture = await createImageBitmap(file).catch(() => {
    throw new PlazaError('invalid_input', undefined, { field: 'image', rule: 'no-picture' });
  });
  const edge = Math.min(picture.width, picture.height);
  const canvas = new OffscreenCanvas(side, side);
  canvas.getContext('2d')?.drawImage(picture, (picture.width - edge) / 2, (picture.height - edge) / 2, edge, edge, 0, 0, side, side);
  picture.close();
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality: 0.9 })).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
