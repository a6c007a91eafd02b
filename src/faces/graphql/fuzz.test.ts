import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Lexer,
  Source,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errors as table } from '../../../contracts/errors.ts';
import { globalId, messageId } from './ids.ts';
import { createSchema } from './schema.ts';
import { createGraphqlTest, type GraphqlAnswer, type GraphqlTest } from './testing.ts';

const schema = createSchema();
let house: GraphqlTest;
let token: string;
/** What exists, by the names of the arguments that ask for it. */
const known: Record<string, string> = {};

beforeAll(async () => {
  house = await createGraphqlTest();
  ({ token } = await house.someone('Ana'));
  const { createCommunity } = await house.data('mutation { createCommunity(name: "Rust") { community { id } } }', {}, token);
  const { createDiscussion } = await house.data(
    'mutation($id: ID!) { createDiscussion(community: $id, title: "So", body: "so?") { discussion { id } message { id } } }',
    { id: createCommunity.community.id },
    token,
  );
  const { me } = await house.data('{ me { person { id } account { id } devices { nodes { id } } } }', {}, token);
  Object.assign(known, {
    community: createCommunity.community.id,
    channel: createDiscussion.discussion.id,
    node: createDiscussion.message.id,
  });
  Object.assign(known, {
    person: me.person.id,
    people: me.person.id,
    author: me.person.id,
    account: me.account.id,
    devices: me.devices.nodes[0].id,
  });
});
afterAll(() => house.end());

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    ' ',
    'a\u0000b',
    '\ud800',
    '‮',
    '💬'.repeat(70),
    'x'.repeat(11_000),
    '%_\\',
    "'; drop table people; --",
    '2026-01-01',
    'ana',
    '5',
    'W10',
  ),
);
const number = fc.constantFrom(0, 1, 2, -1, 20, 100, 101, 2147483647, -2147483648);
const id = fc.oneof(
  fc.constantFrom('1', '0', '-1', '', '99999999999999999999', 'e30'),
  fc
    .constantFrom('Community', 'Channel', 'Person', 'Message', 'Application', 'Account', 'Device')
    .map((kind) => globalId(kind as 'Person', '9223372036854775807')),
  fc.constant(globalId('Channel', '0')),
  fc.constant(messageId({ channel: '1', number: 99999999999 })),
);

/** @param name of the argument, or of the field where that is merely `id` */
function valueFor(type: GraphQLArgument['type'], name: string): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return valueFor(type.ofType as GraphQLArgument['type'], name).filter((value) => value !== null);
  if (isListType(type))
    return fc.array(
      valueFor(type.ofType as GraphQLArgument['type'], name).filter((value) => value !== null),
      { maxLength: 4 },
    );
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map((value) => value.name));
  const right = fc.constant(name).map(() => known[name] ?? known['node']);
  const plain = {
    ID: fc.oneof({ weight: 4, arbitrary: right }, { weight: 1, arbitrary: id }),
    Int: number,
    Boolean: fc.boolean(),
    DateTime: fc.constantFrom('2026-01-31T12:00:00.000Z', '+275760-09-13T00:00:00Z', '-271821-04-20T00:00:00Z'),
  } as Record<string, fc.Arbitrary<unknown>>;
  return fc.oneof({ weight: 5, arbitrary: plain[type.name] ?? text }, { weight: 1, arbitrary: fc.constant(null) });
}

/** Every field that needs no arguments, some levels down. */
function selection(type: GraphQLOutputType, levels = 3): string {
  const named = getNamedType(type);
  if (isUnionType(named)) return '{ __typename }';
  if (!isObjectType(named) && !isInterfaceType(named)) return '';
  if (levels === 0) return '{ __typename }';
  return `{ __typename ${Object.values(named.getFields())
    .filter((field) => field.args.every((arg) => !isNonNullType(arg.type)))
    .filter((field) => levels > 2 || !/Connection$/.test(getNamedType(field.type).name) || field.name === 'nodes')
    .map((field) => `${field.name} ${selection(field.type, levels - 1)}`)
    .join(' ')} }`;
}

function operation(kind: 'query' | 'mutation', field: GraphQLField<unknown, unknown>): string {
  const given = field.args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const taken = field.args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  return `${kind}${given && `(${given})`} { ${field.name}${taken && `(${taken})`} ${selection(field.type)} }`;
}

function isWellBehaved({ status, errors }: GraphqlAnswer): void {
  expect(status).toBeLessThan(500);
  for (const { extensions } of errors) {
    expect(Object.keys(table)).toContain(extensions.code);
    expect(extensions.code).not.toBe('internal');
  }
}

const roots = [
  ...Object.values(schema.getQueryType()?.getFields() ?? {}).map((field) => ['query', field] as const),
  ...Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) => ['mutation', field] as const),
].filter(([, field]) => !['signOut', 'changePassword', 'resetPassword'].includes(field.name));

test.each(roots.map(([kind, field]) => [field.name, kind, field] as const))(
  'any arguments of %s are taken or refused by a code',
  async (_name, kind, field) => {
    const query = operation(kind, field);
    const variables = fc.record(
      Object.fromEntries(field.args.map((arg) => [arg.name, valueFor(arg.type, arg.name === 'id' ? field.name : arg.name)])),
    );
    await fc.assert(
      fc.asyncProperty(variables, fc.boolean(), async (given, signedIn) => {
        isWellBehaved(await house.run(query, given, signedIn ? token : undefined));
      }),
      { numRuns: 15 },
    );
  },
);

test('any jumble of words and signs is answered or refused by a code', async () => {
  const words = new Set<string>([
    '{',
    '}',
    '(',
    ')',
    '...',
    ':',
    '!',
    '@',
    '$',
    '|',
    '&',
    '=',
    '"',
    '"""',
    '\\',
    '#',
    '\u0000',
    '\ufeff',
    'on',
    'fragment',
    '@include(if: true)',
    '@defer',
    '@oneOf',
    '1e999',
    '-',
  ]);
  const lexer = new Lexer(
    new Source(
      'query mutation subscription { me { person { id name } } community(slug: "a") { id } ...F } fragment F on Query { node(id: "x") { id } __typename __schema { types { name } } }',
    ),
  );
  while (lexer.advance().kind !== '<EOF>') if (lexer.token.kind !== 'Comment') words.add(lexer.token.value ?? lexer.token.kind);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...words), { maxLength: 40 }), async (jumble) => {
      isWellBehaved(await house.run(jumble.join(' '), {}, token));
    }),
    { numRuns: 300 },
  );
});

test('any body is answered or refused by a code', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc
          .record({ query: fc.anything(), variables: fc.anything(), operationName: fc.anything(), extensions: fc.anything() })
          .map((body) => JSON.stringify(body, (_key, value) => (typeof value === 'bigint' ? String(value) : value))),
      ),
      async (body) => {
        const { status, body: answer } = await house.ask('POST', '/graphql', { body: String(body) });
        isWellBehaved({ status, data: null, errors: answer['errors'] ?? [] });
      },
    ),
    { numRuns: 200 },
  );
});
