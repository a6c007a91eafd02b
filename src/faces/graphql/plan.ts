import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLArgument,
  type GraphQLFieldResolver,
  GraphQLID,
  type GraphQLLeafType,
  GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLString,
  getArgumentValues,
  getOperationAST,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type VariableValues,
  visit,
} from 'graphql';
import type { Context } from './context.ts';

/** What a query asks for, worked out once for its document and then followed by every request (`execute.ts`). */
export interface Plan {
  operation: OperationDefinitionNode;
  root: FieldPlan[];
}

/** One field of a thing of one type. */
export interface FieldPlan {
  /** Its name in the answer. */
  key: string;
  /** What is read of the thing where there is no `resolve`. */
  name: string;
  /** The type's name, for `__typename`; else null. */
  typename: string | null;
  resolve: GraphQLFieldResolver<unknown, Context> | undefined;
  /** Null where the field takes none. */
  args: ((variables: VariableValues) => Args) | null;
  shape: Shape;
  nodes: readonly FieldNode[];
  /** `Type.field`, for errors. */
  place: string;
}

export type Args = { [name: string]: unknown };

/** What a value has to be. Exactly one of `leaf`, `item`, `fieldsOf` is there. */
export interface Shape {
  nullable: boolean;
  leaf: GraphQLLeafType | null;
  /** A leaf that every string is already, as it is. */
  text: boolean;
  /** Of a list. */
  item: Shape | null;
  /** For an interface or union: which of its types a value is. */
  abstract: GraphQLAbstractType | null;
  object: GraphQLObjectType | null;
  /** What is asked of a thing of this type. Found when the first one comes, and kept. */
  fieldsOf(type: GraphQLObjectType): FieldPlan[];
}

/**
 * Plans by document, which belongs to one schema; whoever keeps parsed documents keeps these. Null for what goes the general way: mutations,
 * subscriptions, introspection, and documents with directives.
 */
const plans = new WeakMap<DocumentNode, Map<string, Plan | null>>();

/** The plan of one of a document's operations, which has been validated. */
export function planOf(schema: GraphQLSchema, document: DocumentNode, operationName: string | null | undefined): Plan | null {
  const operation = getOperationAST(document, operationName);
  if (!operation) return null;
  const known = kept(plans, document, () => new Map<string, Plan | null>());
  return kept(known, operation.name?.value ?? '', () => makePlan(schema, document, operation));
}

/** What is kept under this key, made when it is asked for first. */
function kept<K, V>(map: { get(key: K): V | undefined; set(key: K, value: V): unknown }, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function makePlan(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Plan | null {
  const query = schema.getQueryType();
  if (operation.operation !== 'query' || !query || !isPlain(document)) return null;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  return { operation, root: fieldsOf(schema, fragments, query, [operation.selectionSet]) };
}

function isPlain(document: DocumentNode): boolean {
  let plain = true;
  visit(document, {
    Directive() {
      plain = false;
    },
    Field({ name, alias }) {
      // Only `__typename` has no machinery behind it; an alias may look like one of JavaScript's own names.
      if ((name.value.startsWith('__') && name.value !== '__typename') || alias?.value === '__proto__') plain = false;
    },
  });
  return plain;
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fieldsOf(schema: GraphQLSchema, fragments: Fragments, type: GraphQLObjectType, sets: readonly SelectionSetNode[]): FieldPlan[] {
  const byKey = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  for (const set of sets) collect(set);
  return [...byKey].map(([key, nodes]) => fieldPlan(schema, fragments, type, key, nodes));

  function collect({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const nodes = byKey.get(key);
        if (nodes) nodes.push(selection);
        else byKey.set(key, [selection]);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (fragment === undefined || !speaksOf(fragment.typeCondition?.name.value)) continue;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(selection.name.value)) continue;
        spread.add(selection.name.value);
      }
      collect(fragment.selectionSet);
    }
  }

  function speaksOf(condition: string | undefined): boolean {
    if (condition === undefined || condition === type.name) return true;
    const asked = schema.getType(condition);
    return isAbstractType(asked) && schema.isSubType(asked, type);
  }
}

function fieldPlan(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLObjectType,
  key: string,
  nodes: readonly FieldNode[],
): FieldPlan {
  const [node] = nodes;
  const field = node && schema.getField(type, node.name.value);
  if (!node || !field) throw new Error(`${type.name} has no field for "${key}": the document was not validated.`);
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const { name } = field;
  return {
    key,
    name,
    typename: name === '__typename' ? type.name : null,
    resolve: field.resolve,
    args: argsOf(field, node),
    shape: shapeOf(field.type),
    nodes,
    place: `${type.name}.${name}`,
  };

  function shapeOf(wanted: GraphQLOutputType): Shape {
    const inner = isNonNullType(wanted) ? wanted.ofType : wanted;
    const found = new Map<GraphQLObjectType, FieldPlan[]>();
    return {
      nullable: !(wanted instanceof GraphQLNonNull),
      leaf: isLeafType(inner) ? inner : null,
      text: inner === GraphQLString || inner === GraphQLID,
      item: isListType(inner) ? shapeOf(inner.ofType) : null,
      abstract: isAbstractType(inner) ? inner : null,
      object: isObjectType(inner) ? inner : null,
      fieldsOf: (of) => kept(found, of, () => fieldsOf(schema, fragments, of, sets)),
    };
  }
}

function argsOf(field: { args: readonly GraphQLArgument[] } & Parameters<typeof getArgumentValues>[0], node: FieldNode): FieldPlan['args'] {
  return field.args.length === 0 ? null : (variables) => getArgumentValues(field, node, variables);
}
