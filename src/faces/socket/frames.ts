import { PlazaError } from '../../../contracts/errors.ts';
import { type ClientFrame, limits } from '../../../contracts/wire.ts';
import { isId } from '../../kit/page.ts';

/** A client frame, or why it is none; then with what of it the answer can be told by. */
export type Decoded = { frame: ClientFrame } | { refusal: PlazaError; id?: string; key?: string };

/** A check says what is expected, or null when the value is that. */
type Check = (value: unknown) => string | null;

const int4 = 2_147_483_647;
const longestToken = 8192;

const id: Check = (value) => (isId(value) ? null : 'an id: a decimal number in quotes');
const count: Check = (value) => (isCount(value) ? null : `a whole number from 0 to ${int4}`);
const number: Check = (value) => (isCount(value) && value > 0 ? null : `a whole number from 1 to ${int4}`);
const flag: Check = (value) => (typeof value === 'boolean' ? null : 'true or false');
const text =
  (max: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= max && value.isWellFormed() && !value.includes('\u0000')
      ? null
      : `a text of at most ${max} characters, without U+0000 and halves of surrogate pairs`;
const ids =
  (max: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= max && value.every(isId) ? null : `a list of at most ${max} ids`;
const place = (value: unknown): boolean =>
  isObject(value) && onlyHas(value, ['channel', 'version']) && isId(value['channel']) && isCount(value['version']);
const resume: Check = (value) =>
  isObject(value) &&
  onlyHas(value, ['epoch', 'places']) &&
  text(200)(value['epoch']) === null &&
  Array.isArray(value['places']) &&
  value['places'].length <= limits.joins &&
  value['places'].every(place)
    ? null
    : `{epoch, places} with at most ${limits.joins} places {channel, version}`;

const body = text(limits.frameBytes);
const tag = text(limits.keyCharacters);
const reason = text(limits.reasonCharacters);

/** What each type of frame consists of; `?` marks what may be absent. Every type and every field must be here. */
type Shapes = { [T in ClientFrame['type']]: Shape<Omit<Extract<ClientFrame, { type: T }>, 'type'>> };
type Shape<F> = { [K in keyof F as K extends string ? (undefined extends F[K] ? `${K}?` : K) : never]-?: Check };

const shapes: Shapes = {
  hello: { token: text(longestToken), 'resume?': resume },
  join: { 'id?': tag, channel: id, 'since?': count },
  leave: { 'id?': tag, channel: id },
  send: { 'id?': tag, channel: id, key: tag, body, 'replyTo?': number },
  edit: { 'id?': tag, channel: id, number, body },
  delete: { 'id?': tag, channel: id, number, 'reason?': reason },
  restore: { 'id?': tag, channel: id, number, 'reason?': reason },
  react: { 'id?': tag, channel: id, number, emoji: tag, on: flag },
  pin: { 'id?': tag, channel: id, number, on: flag },
  bookmark: { 'id?': tag, channel: id, number, on: flag },
  read: { 'id?': tag, channel: id, number: count },
  draft: { 'id?': tag, place: id, 'title?': text(limits.frameBytes), body, 'replyTo?': number },
  typing: { channel: id },
  sync: { 'id?': tag, channel: id, since: count },
  page: { 'id?': tag, channel: id, 'before?': count, 'after?': count, 'around?': count, 'limit?': number },
  people: { 'id?': tag, ids: ids(limits.page) },
  watch: { people: ids(limits.watched) },
  ping: {},
};

interface Field {
  name: string;
  optional: boolean;
  check: Check;
}

const types = new Map<unknown, Field[]>(
  Object.entries(shapes).map(([type, shape]) => [
    type,
    Object.entries<Check>(shape).map(([name, check]) => ({ name: name.replace('?', ''), optional: name.endsWith('?'), check })),
  ]),
);

/**
 * Decodes one text frame of a client. Strict: an unknown type or field is refused by name, so that a client learns of
 * its mistake instead of wondering.
 */
export function decodeFrame(data: string): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { refusal: new PlazaError('invalid_input', 'The frame is not valid JSON.') };
  }
  if (!isObject(value)) return { refusal: new PlazaError('invalid_input', 'A frame is one JSON object.') };
  const wrong = fault(value);
  if (!wrong) return { frame: value as ClientFrame };
  return { refusal: wrong, ...told(value, 'id'), ...told(value, 'key') };
}

function fault(value: Record<string, unknown>): PlazaError | null {
  const fields = types.get(value['type']);
  if (!fields) return new PlazaError('invalid_input', `"type" must be one of ${Object.keys(shapes).join(', ')}.`, { field: 'type' });
  let known = 1;
  for (const { name, optional, check } of fields) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given === undefined && optional) continue;
    const expected = check(given);
    if (expected) return new PlazaError('invalid_input', `"${name}" must be ${expected}.`, { field: name });
    known++;
  }
  const names = Object.keys(value);
  if (names.length === known) return null;
  const unknown = names.find((name) => name !== 'type' && !fields.some((field) => field.name === name));
  return new PlazaError('invalid_input', `A "${value['type']}" frame has no field ${JSON.stringify(unknown?.slice(0, 40))}.`);
}

function told(value: Record<string, unknown>, name: 'id' | 'key'): { id?: string; key?: string } {
  const given = value[name];
  return typeof given === 'string' && tag(given) === null ? { [name]: given } : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= int4;
}

function onlyHas(value: Record<string, unknown>, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name));
}
