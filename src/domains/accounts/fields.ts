import { PlazaError } from '../../../contracts/errors.ts';
import { text } from '../../kit/text.ts';

/** What an e-mail field of a web page takes: https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address */
const shape = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** An address as it was written; compare it in lower case. @throws invalid_input */
export function cleanEmail(value: string): string {
  const email = text(value, { field: 'email', min: 3, max: 254 });
  if (!shape.test(email)) throw new PlazaError('invalid_input', 'This is not an e-mail address.', { field: 'email', rule: 'no-email' });
  return email;
}

/** The client's own name for itself, kept by it from sign-in to sign-in; null when it has none. @throws invalid_input */
export function cleanClientId(value: string | undefined): string | null {
  return value === undefined ? null : text(value, { field: 'clientId', min: 1, max: 100 });
}

/** @throws invalid_input */
export function cleanDeviceName(value: string | undefined): string {
  return text(value ?? '', { field: 'deviceName', max: 100 });
}
