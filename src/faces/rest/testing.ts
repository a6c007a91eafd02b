import { z } from 'zod';

/** Of an OpenAPI document what the tests look at. */
export interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; responses: Record<string, Response> };
}

export interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, Response | { $ref: string }>;
}

interface Response {
  description: string;
  content?: Record<string, { schema: object }>;
}

/**
 * Holds answers to the document: `check` throws for a status or a shape that the document does not tell of, and
 * remembers which operations it saw answered well.
 */
export function createChecker(document: Document) {
  const schemas = new Map<string, z.ZodType>();
  const answered = new Set<string>();
  const patterns = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
  }));

  function schemaOf(operation: string, status: string, schema: object): z.ZodType {
    const key = `${operation} ${status}`;
    const made = schemas.get(key) ?? z.fromJSONSchema(withDefinitions(schema));
    schemas.set(key, made);
    return made;
  }

  function withDefinitions(schema: object): z.core.JSONSchema.JSONSchema {
    return JSON.parse(JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/'));
  }

  return {
    answered,
    operationOf(method: string, path: string): Operation | undefined {
      // An address without parts in braces wins, as it does in the router.
      const matches = patterns
        .filter(({ pattern }) => pattern.test(path))
        .sort((a, b) => a.path.split('{').length - b.path.split('{').length);
      const match = matches.find(({ path: found }) => document.paths[found]?.[method.toLowerCase()]);
      return match && document.paths[match.path]?.[method.toLowerCase()];
    },
    check(operation: Operation, status: number, type: string | undefined, body: unknown): void {
      const told = operation.responses[String(status)];
      if (!told) throw new Error(`${operation.operationId} answered ${status}, of which the document does not tell`);
      if (status < 300) answered.add(operation.operationId);
      const response = '$ref' in told ? document.components.responses[told.$ref.split('/').at(-1) ?? ''] : told;
      const content = response?.content && Object.entries(response.content)[0];
      if (!content) return;
      if (type?.split(';')[0] !== content[0]) throw new Error(`${operation.operationId} answered ${status} as ${type}`);
      const result = schemaOf(operation.operationId, String(status), content[1].schema).safeParse(body);
      if (!result.success) throw new Error(`${operation.operationId} ${status}: ${result.error.message}\n${JSON.stringify(body)}`);
    },
  };
}
