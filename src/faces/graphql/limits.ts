import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  type Source,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { PlazaError } from '../../../contracts/errors.ts';
import { coded } from './errors.ts';

export interface GraphqlLimits {
  /** Levels of a selection. The usual introspection query needs 14. */
  depth: number;
  /** What an operation may cost: about the number of values it may answer. */
  cost: number;
  /** Renamed fields of a document: what lets one request do the same thing many times. */
  aliases: number;
  /** Fields of a document that have fields of their own: validation compares each with each. */
  objects: number;
  /** Words and signs of a document. */
  tokens: number;
  /** Bytes of a request's body. */
  bodyBytes: number;
  /** Seconds after which an answer is given up. */
  seconds: number;
  /** Bytes of one websocket message. */
  frameBytes: number;
  /** Operations at once on one websocket connection. */
  operations: number;
  /** Seconds that a websocket client may take to introduce itself. */
  initSeconds: number;
}

export const defaultLimits: GraphqlLimits = {
  depth: 15,
  cost: 20_000,
  aliases: 30,
  objects: 200,
  tokens: 2_000,
  bodyBytes: 256 * 1024,
  seconds: 15,
  frameBytes: 64 * 1024,
  operations: 100,
  initSeconds: 10,
};

/**
 * Parsed documents by their text. A document takes some hundred times the space of its text, so it is the text that
 * counts: about 64 MB of documents are kept.
 */
export function createDocumentCache<T extends object>(): LRUCache<string, T> {
  return new LRUCache({ maxSize: 256 * 1024, sizeCalculation: (_document, text) => text.length + 1 });
}

export type Parse = (source: string | Source, options?: object) => DocumentNode;

/** The parser, which stops when a document gets too long. */
export function parserWithin({ tokens }: Pick<GraphqlLimits, 'tokens'>): Parse {
  return (source, options) => {
    try {
      return parse(source, { ...options, maxTokens: tokens });
    } catch (error) {
      if (error instanceof GraphQLError && error.message.includes('Parsing aborted'))
        throw refuse(`The document is longer than ${tokens} words and signs.`);
      throw error;
    }
  };
}

/** What is wrong with the shape of a document, before anything else is asked of it; null if nothing is. */
export function checkShape(document: DocumentNode, limits: Pick<GraphqlLimits, 'depth' | 'aliases' | 'objects'>): GraphQLError | null {
  const { depth, aliases, objects } = measure(document);
  if (depth > limits.depth) return refuse(`The query is ${depth} levels deep; ${limits.depth} are allowed.`);
  if (aliases > limits.aliases) return refuse(`The query has ${aliases} aliases; ${limits.aliases} are allowed.`);
  if (objects > limits.objects) return refuse(`The query asks for fields of ${objects} things; ${limits.objects} are allowed.`);
  return null;
}

/** What is wrong with the cost of a valid operation; null if nothing is, or its variables are wrong, which execution tells. */
export function checkCost(
  operation: {
    schema: GraphQLSchema;
    document: DocumentNode;
    operationName?: string | null | undefined;
    variableValues?: Record<string, unknown> | null | undefined;
  },
  limits: Pick<GraphqlLimits, 'cost'>,
): GraphQLError | null {
  const chosen = operationOf(operation.document, operation.operationName);
  if (chosen === undefined) return null;
  const fragments = operation.document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [chosen, ...fragments] };
  let cost: number;
  try {
    cost = complexityFromQuery(document, { schema: operation.schema, variables: operation.variableValues ?? {} }).complexity;
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
  return cost > limits.cost ? refuse(`The query may cost ${Math.ceil(cost)}; ${limits.cost} is allowed. Ask for smaller pages.`) : null;
}

function operationOf(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return name ? operations.find((operation) => operation.name?.value === name) : operations[0];
}

function refuse(sentence: string): GraphQLError {
  const refusal = new PlazaError('too_complex', sentence);
  return new GraphQLError(sentence, {
    extensions: { code: refusal.code, retryable: refusal.retryable, http: { status: 400, spec: true } },
  });
}

/** The answer, or `unavailable` if it takes longer; what was begun may still come to its end. */
export async function within<T>(seconds: number, answer: T | Promise<T>): Promise<T | { errors: GraphQLError[] }> {
  if (!(answer instanceof Promise)) return answer;
  const { promise: late, resolve } = Promise.withResolvers<{ errors: GraphQLError[] }>();
  const sentence = 'This took too long and may or may not have happened; look before trying again.';
  const timer = setTimeout(() => resolve({ errors: [coded(new PlazaError('unavailable', sentence, { retryAfter: 1 }))] }), seconds * 1000);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

interface Shape {
  depth: number;
  aliases: number;
}

/** Each fragment is measured once, however often it is spread, so a document of n words takes n steps. */
function measure(document: DocumentNode): Shape & { objects: number } {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const measured = new Map<string, Shape>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const whole = { depth: 0, aliases: 0, objects: 0 };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, aliases } = ofSelections(definition.selectionSet);
    whole.depth = Math.max(whole.depth, depth);
    whole.aliases += aliases;
  }
  // Validation looks at fragments that nobody spreads too.
  for (const name of fragments.keys()) ofFragment(name);
  return whole;

  function ofSelections({ selections }: SelectionSetNode): Shape {
    const shape: Shape = { depth: 0, aliases: 0 };
    for (const selection of selections) {
      const isField = selection.kind === Kind.FIELD;
      if (isField && selection.selectionSet) whole.objects++;
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(selection.name.value)
          : selection.selectionSet
            ? ofSelections(selection.selectionSet)
            : { depth: 0, aliases: 0 };
      shape.depth = Math.max(shape.depth, inner.depth + (isField ? 1 : 0));
      shape.aliases += inner.aliases + (isField && selection.alias ? 1 : 0);
    }
    return shape;
  }

  function ofFragment(name: string): Shape {
    const known = measured.get(name);
    if (known) return known;
    // A fragment within itself counts for nothing here; validation refuses it.
    measured.set(name, { depth: 0, aliases: 0 });
    const fragment = fragments.get(name);
    const shape = fragment ? ofSelections(fragment.selectionSet) : { depth: 0, aliases: 0 };
    measured.set(name, shape);
    return shape;
  }
}
