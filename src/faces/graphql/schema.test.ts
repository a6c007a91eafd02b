import { lexicographicSortSchema, printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { createSchema } from './schema.ts';

const schema = createSchema();

test('the schema is the one that is written down; run with -u after a wanted change', async () => {
  await expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toMatchFileSnapshot('schema.graphql');
});

test('every type, field, argument and value is described', () => {
  const silent: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || ['String', 'Int', 'Boolean', 'ID', 'Float'].includes(type.name)) continue;
    if (!type.description) silent.push(type.name);
    if ('getValues' in type) for (const value of type.getValues()) if (!value.description) silent.push(`${type.name}.${value.name}`);
    if (!('getFields' in type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!field.description) silent.push(`${type.name}.${field.name}`);
      if ('args' in field) for (const arg of field.args) if (!arg.description) silent.push(`${type.name}.${field.name}(${arg.name})`);
    }
  }
  expect(silent).toEqual([]);
});
