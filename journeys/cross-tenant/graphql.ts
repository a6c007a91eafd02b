import {
  buildClientSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getIntrospectionQuery,
  getNamedType,
  type IntrospectionQuery,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { graphql } from '../support/api.ts';
import { marker, type Things } from './foreign.ts';
import { fault, makeTheirOwn, newAddress, sampleOf } from './values.ts';

const globalId = (kind: string, id: string | number) => Buffer.from(`${kind}:${id}`).toString('base64url');

/** Of which kind a plain id is, by the argument that it is given as. */
const kinds: { [name: string]: string } = {
  account: 'Account',
  application: 'Application',
  author: 'Person',
  channel: 'Channel',
  community: 'Community',
  devices: 'Device',
  people: 'Person',
  person: 'Person',
  place: 'Channel',
  token: 'ApplicationToken',
};

/** Fields that take one thing or another: each way is asked for itself. */
function ways(things: Things): { [field: string]: { [argument: string]: string | string[] }[] } {
  const everything = [
    globalId('Application', things.application),
    ...[things.channel, things.discussion, things.group, things.chat].flatMap((channel) => [
      globalId('Channel', channel),
      globalId('Message', `${channel}/${things.message}`),
    ]),
    globalId('Community', things.community),
    globalId('Community', things.invitedTo),
    globalId('Person', things.person),
  ];
  return {
    application: [{ id: globalId('Application', things.application) }],
    channel: [things.channel, things.discussion, things.group, things.chat].map((id) => ({ id: globalId('Channel', id) })),
    community: [{ id: globalId('Community', things.community) }, { id: globalId('Community', things.invitedTo) }, { slug: things.slug }],
    node: everything.map((id) => ({ id })),
    nodes: [{ ids: everything }],
    person: [{ id: globalId('Person', things.person) }, { handle: things.handle }],
    people: [{ q: marker }],
    setRole: [{ account: globalId('Account', things.account) }, { person: globalId('Person', things.person) }],
  };
}

/** Asks every field at the root of the schema for the things, as one caller; answers what went wrong. */
export async function askGraphql(base: string, token: string | null, things: Things): Promise<{ asked: number; faults: string[] }> {
  const { body: introspection, text } = await graphql<IntrospectionQuery>(base, null, getIntrospectionQuery());
  if (!introspection?.data) throw new Error(`The schema does not tell of itself: ${text}`);
  const schema = buildClientSchema(introspection.data);
  const faults: string[] = [];
  let asked = 0;
  for (const [operation, type] of [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      // What has no arguments is one's own; a subscription to that would only stay open.
      if (operation === 'subscription' && field.args.length === 0) continue;
      for (const given of ways(things)[field.name] ?? [{}]) {
        const filled = fill(operation, field, given, things);
        if ('missing' in filled) {
          faults.push(`${operation} ${field.name} takes ${filled.missing}, for which there is no value in values.ts`);
          continue;
        }
        asked++;
        const answer = await graphql(base, token, `${operation} { ${field.name}${filled.text} ${selection(field.type)} }`);
        const body = answer.body ?? firstEvent(answer.text);
        const name = `${operation} ${field.name}${filled.text}`;
        if (answer.status >= 500 || !body) faults.push(`${name} was answered ${answer.status}: ${answer.text}`);
        const code = filled.foreign ? (body?.errors?.[0]?.extensions?.code ?? null) : 'forbidden';
        const found = fault(name, { code, body: withoutNames(body?.data), text: answer.text });
        if (found) faults.push(found);
      }
    }
  }
  return { asked, faults };
}

function fill(
  operation: string,
  field: GraphQLField<unknown, unknown>,
  given: { [argument: string]: string | string[] },
  things: Things,
): { text: string; foreign: boolean } | { missing: string } {
  const parts: string[] = [];
  let foreign = Object.keys(given).length > 0;
  const chosen = Object.keys(given);
  for (const argument of field.args) {
    if (chosen.includes(argument.name)) {
      parts.push(`${argument.name}: ${literal(given[argument.name] ?? '', argument.type)}`);
      continue;
    }
    const required = isNonNullType(argument.type) && argument.defaultValue === undefined;
    const own = argument.name === 'email' && makeTheirOwn.includes(`${operation} ${field.name}`);
    const found = own ? { foreign: false, value: newAddress() } : sampleOf(argument.name, things);
    if (!required && (chosen.length > 0 || !found?.foreign)) continue;
    const kind = kinds[argument.name];
    const value =
      kind && found
        ? Array.isArray(found.value)
          ? found.value.map((id) => globalId(kind, id))
          : globalId(kind, String(found.value))
        : (found?.value ?? firstOf(argument.type));
    if (value === null) return { missing: argument.name };
    foreign ||= found?.foreign ?? false;
    parts.push(`${argument.name}: ${literal(value, argument.type)}`);
  }
  return { text: parts.length > 0 ? `(${parts.join(', ')})` : '', foreign };
}

function firstOf(type: GraphQLInputType): string | null {
  const named = getNamedType(type);
  return isEnumType(named) ? (named.getValues()[0]?.name ?? null) : null;
}

function literal(value: string | number | boolean | string[] | number[], type: GraphQLInputType): string {
  const inner = isNonNullType(type) ? type.ofType : type;
  if (isListType(inner))
    return `[${(Array.isArray(value) ? value : [String(value)]).map((each) => literal(each, inner.ofType)).join(', ')}]`;
  return isEnumType(inner) ? String(value).toUpperCase() : JSON.stringify(value);
}

/** All fields without required arguments, two levels deep. */
function selection(type: GraphQLOutputType, depth = 2): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (isUnionType(named) || depth === 0) return '{ __typename }';
  const fields = Object.values(named.getFields()).filter(
    (field) =>
      field.args.every((argument) => !isNonNullType(argument.type)) &&
      (isLeafType(getNamedType(field.type)) || isObjectType(getNamedType(field.type))),
  );
  const shown = fields.filter((field) => isLeafType(getNamedType(field.type)) || depth > 1);
  return `{ __typename ${shown.map((field) => `${field.name} ${selection(field.type, depth - 1)}`).join(' ')} }`;
}

/** A subscription is answered as a stream of events. */
function firstEvent(text: string): { data?: unknown; errors?: { extensions?: { code?: string } }[] } | null {
  const data = /^data: (.+)$/m.exec(text)?.[1];
  return data === undefined ? null : JSON.parse(data);
}

/** The answer without the names of types, which tell nothing. */
function withoutNames(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data ?? null), (key, value) => (key === '__typename' ? null : value));
}
