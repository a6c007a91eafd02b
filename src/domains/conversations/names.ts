import { PlazaError } from '../../../contracts/errors.ts';
import { text } from '../../kit/text.ts';

/** A channel's name or a discussion's title. */
export function channelName(value: unknown, field = 'name'): string {
  return text(value, { field, min: 1, max: 200 });
}

/** @throws invalid_input unless it is an https address of at most 500 characters */
export function httpsUrl(value: unknown, field: string): string {
  const address = text(value, { field, min: 1, max: 500 });
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:') {
    throw new PlazaError('invalid_input', `"${field}" must be an https address.`, { field });
  }
  return address;
}
