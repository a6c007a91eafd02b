import { buildSchema, execute, type GraphQLObjectType, type GraphQLSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import type { Context } from './context.ts';
import { executeQuery } from './execute.ts';

const schema = buildSchema(`
  type Query { ana: Person, needed: Person!, people(first: Int = 2, ids: [ID!]): [Person!], maybe: [Person], grid: [[Int!]!]!, beings: [Being!]!, one: Being, colour: Colour }
  interface Named { name: String! }
  type Person implements Named { id: ID!, name: String!, nick: String, friend: Person, owed: Person!, late: String, lateOwed: String!, bad: Int, badOwed: Int!, friends: [Person!]! }
  type Dog implements Named { name: String!, age: Int }
  union Being = Person | Dog
  enum Colour { RED GREEN }
`);

interface Thing {
  id?: string;
  name: string | null;
}

const context = {} as Context;
const ana: Thing = { id: '1', name: 'Ana' };
const rex = { name: 'Rex', age: 3, dog: true };
const later = <T>(value: T) => new Promise<T>((resolve) => setImmediate(() => resolve(value)));

resolve(schema, 'Query', {
  ana: () => later(ana),
  needed: () => later(null),
  people: (_, { first, ids }) => [ana, { id: ids?.[0] ?? '2', name: 'Ben' }, { id: '3', name: null }].slice(0, first),
  maybe: () => [ana, null, later(ana), new Error('not this one'), Promise.reject(new Error('nor this')), { id: '3', name: null }],
  grid: () => [[1, 2], later([3, later(4)])],
  beings: () => [ana, rex, later(rex)],
  one: () => ({ neither: true }),
  colour: () => 'BLUE',
});
resolve(schema, 'Person', {
  friend: () => later({ id: '2', name: 'Ben' }),
  owed: () => null,
  late: () => Promise.reject(new Error('too late')),
  lateOwed: () => later(null),
  bad: () => 'no number',
  badOwed: () => later('no number'),
  friends: () => [ana, later({ id: '4', name: null })],
});
Object.assign(schema.getType('Being') ?? {}, {
  resolveType: (value: object) => ('dog' in value ? 'Dog' : 'id' in value ? 'Person' : undefined),
});

type Resolvers = Record<string, (source: Thing, args: { first?: number; ids?: string[] }) => unknown>;
function resolve(of: GraphQLSchema, type: string, resolvers: Resolvers): void {
  const fields = (of.getType(type) as GraphQLObjectType).getFields();
  for (const [name, how] of Object.entries(resolvers)) Object.assign(fields[name] ?? {}, { resolve: how });
}

const sorted = (errors: readonly { path?: unknown }[] = []) =>
  errors.map((error) => JSON.stringify(error)).sort((a, b) => a.localeCompare(b));

async function both(query: string, variableValues: Record<string, unknown> = {}) {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const args = { schema, document, variableValues, contextValue: context };
  return { ours: await executeQuery(args, context), general: await execute(args) };
}

test.each([
  '{ ana { id name nick __typename } }',
  '{ z: ana { b: name, a: id } ana { friend { friend { name } } } }',
  '{ people { name } one: people(first: 1) { id } three: people(ids: ["7", "8"]) { id } }',
  'query($n: Int!, $ids: [ID!]) { people(first: $n, ids: $ids) { id nick } }',
  '{ maybe { id name } }',
  '{ grid colour }',
  '{ beings { __typename ... on Person { id friend { name } } ... on Dog { age } ... on Named { name } } }',
  'fragment F on Person { name friend { ...G } } fragment G on Person { id name } { ana { ...F ...G friend { nick ...F } } }',
])('answers as the general executor does: %s', async (query) => {
  const { ours, general } = await both(query, { n: 2, ids: ['5'] });
  expect(ours?.data).toEqual(general.data);
  // The order of keys is the order of the question.
  expect(JSON.stringify(ours?.data)).toBe(JSON.stringify(general.data));
  expect(sorted(ours?.errors)).toEqual(sorted(general.errors));
});

test.each([
  [
    '{ ana { id owed { id } nick } grid }',
    {
      ana: null,
      grid: [
        [1, 2],
        [3, 4],
      ],
    },
    [['ana', 'owed']],
  ],
  ['{ ana { id late nick } }', { ana: { id: '1', late: null, nick: null } }, [['ana', 'late']]],
  ['{ ana { id friend { lateOwed } } }', { ana: { id: '1', friend: null } }, [['ana', 'friend', 'lateOwed']]],
  [
    '{ ana { bad friend { badOwed } } }',
    { ana: { bad: null, friend: null } },
    [
      ['ana', 'bad'],
      ['ana', 'friend', 'badOwed'],
    ],
  ],
  ['{ people(first: 3) { name } }', { people: null }, [['people', 2, 'name']]],
  [
    '{ ana { friends { name } } grid }',
    {
      ana: null,
      grid: [
        [1, 2],
        [3, 4],
      ],
    },
    [['ana', 'friends', 1, 'name']],
  ],
  ['{ grid needed { id } }', null, [['needed']]],
])('what fails is null, or the nearest around it that may be, and is told with its place: %s', async (query, data, paths) => {
  const { ours, general } = await both(query);
  expect(ours?.data).toEqual(data);
  expect(general.data).toEqual(data);
  expect(ours?.errors?.map(({ path }) => path)).toEqual(expect.arrayContaining(paths));
  expect(ours?.errors).toHaveLength(paths.length);
  expect(ours?.errors?.every(({ locations }) => locations?.length === 1)).toBe(true);
});

test('a thing of no known type', async () => {
  const { ours } = await both('{ one { __typename } }');
  expect(ours?.data).toEqual({ one: null });
  expect(ours?.errors?.[0]?.message).toBe('"undefined" is no type of "Being".');
});

test('one failure is told once, however much of it was still on its way', async () => {
  const { ours } = await both('{ ana { owed { id } lateOwed again: lateOwed badOwed } }');
  expect(ours?.data).toEqual({ ana: null });
  expect(ours?.errors).toHaveLength(1);
});

test.each([
  'mutation { __typename }',
  '{ __schema { queryType { name } } }',
  '{ ana @include(if: true) { id } }',
  '{ __proto__: ana { id } }',
  'query A { colour } query B { colour }',
])('leaves this to the general executor: %s', (query) => {
  expect(executeQuery({ schema, document: parse(query), contextValue: context }, context)).toBeNull();
});

test('leaves wrong variables to the general executor', () => {
  const document = parse('query($n: Int!) { people(first: $n) { id } }');
  expect(executeQuery({ schema, document, variableValues: { n: 'many' }, contextValue: context }, context)).toBeNull();
});

test('of several operations the named one', async () => {
  const document = parse('query A { ana { id } } query B { colour: __typename }');
  const answer = (operationName: string) => executeQuery({ schema, document, operationName, contextValue: context }, context);
  expect((await answer('B'))?.data).toEqual({ colour: 'Query' });
  expect((await answer('A'))?.data).toEqual({ ana: { id: '1' } });
});
