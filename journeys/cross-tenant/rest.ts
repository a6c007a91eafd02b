import { type Answer, type Refusal, rest } from '../support/api.ts';
import type { Things } from './foreign.ts';
import { fault, makeTheirOwn, newAddress, sampleOf, sayDoneToAll } from './values.ts';

interface Schema {
  $ref?: string;
  properties?: { [name: string]: Schema };
  enum?: string[];
  anyOf?: Schema[];
  items?: Schema;
}
interface Operation {
  parameters?: { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema }[];
  requestBody?: { content: { 'application/json'?: { schema: Schema } } };
}
interface Document {
  paths: { [path: string]: { [method: string]: Operation } };
  components: { schemas: { [name: string]: Schema } };
}

/** Where an empty success is right: what is not mine is not among my devices, and nothing happens. */
const quietly = ['DELETE /v1/devices/{device}'];
/** Connections that stay open are journeys of their own. */
const staysOpen = ['GET /v1/events'];

/** Asks every operation of the OpenAPI document for the things, as one caller; answers what went wrong. */
export async function askRest(base: string, token: string | null, things: Things): Promise<{ asked: number; faults: string[] }> {
  const { body: document } = await rest<Document>(base, null, 'GET', '/v1/openapi.json');
  const faults: string[] = [];
  let asked = 0;
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const name = `${method.toUpperCase()} ${path}`;
      if (staysOpen.includes(name)) continue;
      const request = fill(name, path, operation, document, things);
      if (typeof request === 'string') {
        faults.push(request);
        continue;
      }
      asked++;
      const answer = await rest<Refusal | null>(base, token, method.toUpperCase(), request.path, request.body);
      const found = judge(name, request.foreign, answer);
      if (found) faults.push(found);
    }
  }
  return { asked, faults };
}

function judge(name: string, foreign: boolean, answer: Answer<Refusal | null>): string | null {
  const { status, body, text } = answer;
  if (status >= 500) return `${name} was answered ${status}: ${text}`;
  const code = status >= 400 ? String(body?.code) : null;
  if (!foreign) return fault(name, { code: code && 'forbidden', body: null, text });
  // Nothing in the answer is right only where nothing was to be done.
  if (code === null && text === '' && !quietly.includes(name) && !sayDoneToAll.includes(name)) return `${name} was answered ${status}`;
  return fault(name, { code, body, text });
}

/** The request with a value for everything that it takes, or a sentence that says for what none is known. */
function fill(
  name: string,
  template: string,
  operation: Operation,
  document: Document,
  things: Things,
): { path: string; body?: object; foreign: boolean } | string {
  let path = template;
  let foreign = false;
  const query = new URLSearchParams();
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in === 'header') continue;
    const found = template.startsWith('/v1/applications/') ? inApplication(parameter.name, things) : sampleOf(parameter.name, things);
    if (parameter.in === 'query' && !parameter.required && !found) continue;
    const value = found?.value ?? parameter.schema.enum?.[0];
    if (value === undefined) return `${name} takes ${parameter.name}, for which there is no value in values.ts`;
    foreign ||= found?.foreign ?? false;
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(String(value)));
    else query.set(parameter.name, String(value));
  }
  const schema = operation.requestBody?.content['application/json']?.schema;
  const body: { [name: string]: unknown } = {};
  for (const [property, about] of Object.entries(properties(schema, document))) {
    const found =
      property === 'email' && makeTheirOwn.includes(name) ? { foreign: false, value: newAddress() } : sampleOf(property, things);
    const value = found?.value ?? about.enum?.[0];
    if (value === undefined && !optionalProperties.includes(property))
      return `${name} takes ${property}, for which there is no value in values.ts`;
    foreign ||= found?.foreign ?? false;
    if (value !== undefined && !ownNames.includes(property)) body[property] = value;
  }
  return { path: query.size > 0 ? `${path}?${query}` : path, foreign, ...(schema ? { body } : {}) };
}

/** What one calls one's own things; left out, a free name is found. */
const ownNames = ['slug', 'handle'];

/** They may be left out and can name nothing. */
const optionalProperties = ['avatar', 'about', 'clientId', 'deviceName', 'interests', 'key', 'official', 'photo', 'status'];

function inApplication(name: string, things: Things) {
  if (name === 'id') return sampleOf('application', things);
  if (name === 'number') return { foreign: true, value: things.chatNumber };
  return sampleOf(name, things);
}

function properties(schema: Schema | undefined, document: Document): { [name: string]: Schema } {
  if (schema?.$ref) return properties(document.components.schemas[schema.$ref.split('/').at(-1) ?? ''], document);
  return schema?.properties ?? Object.assign({}, ...(schema?.anyOf ?? []).map((each) => properties(each, document)));
}
