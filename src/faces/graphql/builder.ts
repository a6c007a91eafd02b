import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin from '@pothos/plugin-relay';
import type { Context } from './context.ts';

/** Each file of this folder adds its types and fields to this builder; `schema.ts` makes the schema of them. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: string; Output: string };
  };
}>({
  plugins: [RelayPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  relay: {
    cursorType: 'String',
    idFieldOptions: { description: 'Global id.' },
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    nodeTypeOptions: { description: 'Anything that can be fetched again by its id.' },
    pageInfoTypeOptions: { description: 'Where a page stands in its list.' },
    hasNextPageFieldOptions: { description: 'There is more after this page.' },
    hasPreviousPageFieldOptions: { description: 'There is more before this page; lists that go forward only always say false.' },
    startCursorFieldOptions: { description: 'Cursor of the first item.' },
    endCursorFieldOptions: { description: 'Cursor of the last item; give it as `after` to go on.' },
    pageInfoFieldOptions: { description: 'Where this page stands in its list.', complexity: 0 },
    cursorFieldOptions: { description: 'Give it as `after` to go on behind this item.', complexity: 0 },
    // The connection counts for its items once; its two lists must not count them again.
    edgesFieldOptions: { description: 'The items with their cursors.', nullable: false, complexity: { field: 0, multiplier: 1 } },
    nodesOnConnection: { description: 'The items without their cursors.', complexity: { field: 0, multiplier: 1 } },
    nodeFieldOptions: { description: 'The item.', nullable: false, complexity: 0 },
  },
  // Only counted here; `limits.ts` refuses, before anything is executed.
  complexity: { disabled: true },
});

builder.scalarType('DateTime', {
  description: 'A moment in ISO 8601, UTC: `2026-01-31T12:00:00.000Z`.',
  serialize: (value) => value,
  parseValue: (value) => {
    if (typeof value !== 'string' || Number.isNaN(Date.parse(value)))
      throw new TypeError('A DateTime is written as 2026-01-31T12:00:00.000Z.');
    return new Date(value).toISOString();
  },
});

builder.queryType({ description: 'Everything that can be read.' });
builder.mutationType({ description: 'Everything that can be changed. Arguments are flat; each answer is a payload object.' });
builder.subscriptionType({ description: 'What happens, as it happens: over graphql-transport-ws or server-sent events.' });
