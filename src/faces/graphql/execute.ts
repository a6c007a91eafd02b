import {
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getVariableValues,
  isObjectType,
  locatedError,
  type VariableValues,
} from 'graphql';
import type { Context } from './context.ts';
import { type Args, type FieldPlan, planOf, type Shape } from './plan.ts';

/** An object or list of the answer, as it is being filled. */
type Into = { [key: string | number]: unknown };

/** Where an object or list stands in the answer. */
interface Place {
  up: Place | null;
  into: Into;
  key: string | number;
  nullable: boolean;
  /** Something in it failed that could not be null, so it is null itself or in something that is. */
  gone: boolean;
}

/** One request. */
interface Run {
  schema: GraphQLSchema;
  context: Context;
  variables: VariableValues;
  /** Arguments by field: the same for all things that are asked for it. */
  args: Map<FieldPlan, Args>;
  errors: GraphQLError[];
  /** Values that have not come yet. */
  waiting: number;
  done(): void;
  broke(error: unknown): void;
}

/** No resolver of ours asks where it stands, so it is not worked out for each value. */
const info: GraphQLResolveInfo = new Proxy(Object.create(null), {
  get(_, name) {
    throw new Error(`Resolvers are not told "${String(name)}".`);
  },
});

const none: Args = {};

/**
 * Answers a query as the specification of GraphQL has it, along the plan of its document. A value that is at hand is
 * put into the answer at once, without a promise for each object around it. Null for what has no plan, and for wrong
 * variables: those the general executor answers.
 */
export function executeQuery(args: ExecutionArgs, context: Context): Promise<ExecutionResult> | null {
  const { schema, document, rootValue } = args;
  const plan = planOf(schema, document, args.operationName);
  if (plan === null) return null;
  const { variableValues: variables } = getVariableValues(schema, plan.operation.variableDefinitions ?? [], args.variableValues ?? {});
  if (variables === undefined) return null;
  const { promise, resolve, reject } = Promise.withResolvers<ExecutionResult>();
  const top: Into & { data: Into | null } = { data: {} };
  const run: Run = {
    schema,
    context,
    variables,
    args: new Map(),
    errors: [],
    waiting: 1,
    done: () => resolve(run.errors.length > 0 ? { errors: run.errors, data: top.data } : { data: top.data }),
    broke: reject,
  };
  const place: Place = { up: null, into: top, key: 'data', nullable: true, gone: false };
  if (top.data !== null) fill(run, plan.root, rootValue, top.data, place);
  arrived(run);
  return promise;
}

function arrived(run: Run): void {
  if (--run.waiting === 0) run.done();
}

/** All fields of one object. */
function fill(run: Run, fields: readonly FieldPlan[], source: unknown, into: Into, place: Place): void {
  for (const field of fields) {
    let value: unknown;
    try {
      value = fieldValue(run, field, source);
    } catch (error) {
      fail(run, field, error, field.shape.nullable, into, field.key, place);
      continue;
    }
    put(run, field, field.shape, value, into, field.key, place);
  }
}

function fieldValue(run: Run, field: FieldPlan, source: unknown): unknown {
  if (field.typename !== null) return field.typename;
  if (field.resolve !== undefined) return field.resolve(source, argsOf(run, field), run.context, info);
  return typeof source === 'object' && source !== null ? (source as Into)[field.name] : undefined;
}

function argsOf(run: Run, field: FieldPlan): Args {
  if (field.args === null) return none;
  const known = run.args.get(field);
  if (known !== undefined) return known;
  const args = field.args(run.variables);
  run.args.set(field, args);
  return args;
}

/** Puts a value into its place, completed to the shape it has to have; now, or when it comes. */
function put(run: Run, field: FieldPlan, shape: Shape, value: unknown, into: Into, key: string | number, up: Place): void {
  // What most values are, and nothing can be wrong with.
  if (shape.text && typeof value === 'string') {
    into[key] = value;
    return;
  }
  if (value instanceof Promise) return wait(run, field, shape, value, into, key, up);
  if (value === null || value === undefined) {
    if (shape.nullable) into[key] = null;
    else fail(run, field, new Error(`Cannot return null for non-nullable field ${field.place}.`), false, into, key, up);
    return;
  }
  try {
    if (value instanceof Error) throw value;
    if (shape.leaf !== null) {
      into[key] = leafValue(shape.leaf, value);
      return;
    }
    const place: Place = { up, into, key, nullable: shape.nullable, gone: false };
    if (shape.item !== null) putItems(run, field, shape.item, itemsOf(field, value), place);
    else putObject(run, shape, shape.object ?? typeOf(run, shape, value), value, place);
  } catch (error) {
    fail(run, field, error, shape.nullable, into, key, up);
  }
}

function putObject(run: Run, shape: Shape, type: GraphQLObjectType, value: unknown, place: Place): void {
  const object: Into = {};
  place.into[place.key] = object;
  fill(run, shape.fieldsOf(type), value, object, place);
}

function putItems(run: Run, field: FieldPlan, item: Shape, values: readonly unknown[], place: Place): void {
  const list: unknown[] = new Array(values.length);
  place.into[place.key] = list;
  // A list is an object whose keys are numbers.
  const into = list as unknown as Into;
  for (let i = 0; i < values.length; i++) put(run, field, item, values[i], into, i, place);
}

function wait(run: Run, field: FieldPlan, shape: Shape, value: Promise<unknown>, into: Into, key: string | number, up: Place): void {
  // Keeps its place among the keys.
  into[key] = null;
  run.waiting++;
  const settle = (put: () => void) => {
    try {
      put();
      arrived(run);
    } catch (error) {
      run.broke(error);
    }
  };
  value.then(
    (came) => settle(() => put(run, field, shape, came, into, key, up)),
    (error) => settle(() => fail(run, field, error, shape.nullable, into, key, up)),
  );
}

/** Notes the error; what may be null nearest around it becomes null. */
function fail(run: Run, field: FieldPlan, error: unknown, nullable: boolean, into: Into, key: string | number, up: Place): void {
  // What is gone already fails no more.
  for (let place: Place | null = up; place !== null; place = place.up) if (place.gone) return;
  run.errors.push(locatedError(error, field.nodes, pathOf(up, key)));
  if (nullable) {
    into[key] = null;
    return;
  }
  let place: Place | null = up;
  while (place !== null) {
    place.gone = true;
    if (place.nullable) {
      place.into[place.key] = null;
      return;
    }
    place = place.up;
  }
}

function pathOf(up: Place, key: string | number): (string | number)[] {
  const path = [key];
  for (let place = up; place.up !== null; place = place.up) path.push(place.key);
  return path.reverse();
}

function leafValue(type: GraphQLLeafType, value: unknown): unknown {
  const leaf = type.coerceOutputValue(value);
  if (leaf === null || leaf === undefined) throw new Error(`A value of ${type.name} came to nothing.`);
  return leaf;
}

function itemsOf(field: FieldPlan, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`Expected Iterable, but did not find one for field "${field.place}".`);
}

/** Which type of an interface or union the thing is. */
function typeOf(run: Run, { abstract }: Shape, value: unknown): GraphQLObjectType {
  const name = abstract?.resolveType?.(value, run.context, info, abstract);
  const type = typeof name === 'string' ? run.schema.getType(name) : undefined;
  if (abstract && isObjectType(type) && run.schema.isSubType(abstract, type)) return type;
  throw new Error(`"${String(name)}" is no type of "${abstract?.name}".`);
}
