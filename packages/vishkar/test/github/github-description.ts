/**
 * GitHub's own descriptions of its REST API and its webhooks: finds the call that a request is, says what is wrong with a request or an
 * answer, and makes the smallest answer or webhook that fits, onto which a stand-in puts what it knows.
 */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { AnySchema, ValidateFunction } from 'ajv';

interface Operation {
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: AnySchema }[];
  readonly body: Schema | null;
  readonly responses: Readonly<Record<string, Schema | null>>;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export interface FoundCall {
  /** `GET /repos/{owner}/{repo}/pulls`. */
  readonly name: string;
  readonly path: Readonly<Record<string, string>>;
}

interface Definitions {
  readonly $defs: Readonly<Record<string, Schema>>;
}

const description = read('github-rest-description.json') as Definitions & {
  readonly operations: Readonly<Record<string, Operation>>;
};
const hooks = read('github-webhooks-description.json') as Definitions & {
  readonly webhooks: Readonly<Record<string, Schema>>;
};
// Formats and key words of OpenAPI are not ajv's; types, names and what is required are what counts here.
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, coerceTypes: false });
ajv.addSchema({ $id: 'github', $defs: description.$defs });
ajv.addSchema({ $id: 'github-webhooks', $defs: hooks.$defs });
const compiled = new Map<object, ValidateFunction>();

const templates = Object.keys(description.operations).map((name) => {
  const [method = '', template = ''] = name.split(' ');
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter ?? '');
  return { name, method, names, pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '([^/]+)')}$`) };
});

/** The call of a method and a path as it was sent, encoded. */
export function findCall(method: string, path: string): FoundCall | undefined {
  for (const { name, method: wanted, names, pattern } of templates) {
    const match = method === wanted ? pattern.exec(path) : null;
    if (match !== null)
      return { name, path: Object.fromEntries(names.map((key, at) => [key, decodeURIComponent(match[at + 1] ?? '')])) };
  }
  return undefined;
}

/** What is wrong with a request, a sentence each. */
export function requestProblems(call: FoundCall, query: URLSearchParams, body: unknown): readonly string[] {
  const { parameters, body: schema } = operationOf(call.name);
  const problems: string[] = [];
  const given = new Map<string, string>([...Object.entries(call.path), ...query.entries()]);
  for (const { name, required, schema: expected } of parameters) {
    const value = given.get(name);
    given.delete(name);
    if (value === undefined && required) problems.push(`${call.name}: ${name} is missing`);
    if (value === undefined) continue;
    const isNumber = (expected as Schema).type === 'integer';
    const problem = problemOf(expected as object, isNumber ? Number(value) : value);
    if (problem !== undefined) problems.push(`${call.name}: ${name}: ${problem}`);
  }
  for (const name of given.keys()) problems.push(`${call.name}: there is no parameter ${name}`);
  if (schema === null && body !== undefined) problems.push(`${call.name}: takes no body`);
  if (schema !== null) {
    const problem = problemOf(schema, body ?? {});
    if (problem !== undefined) problems.push(`${call.name}: body: ${problem}`);
    // The description allows fields that it does not name; GitHub ignores them, which would hide a typing error.
    const known = namesOf(schema);
    for (const name of Object.keys((body ?? {}) as object))
      if (known.size > 0 && !known.has(name)) problems.push(`${call.name}: body: there is no field ${name}`);
  }
  return problems;
}

/** What is wrong with an answer; undefined when it is as described. */
export function responseProblem(call: FoundCall, status: number, body: unknown): string | undefined {
  const { responses } = operationOf(call.name);
  // What a token may not see or do is refused, whatever is asked for; the description says so of some calls only.
  const isAboutToken = (status === 403 || status === 404) && !(String(status) in responses);
  if (isAboutToken) return problemOf({ $ref: 'github#/$defs/basic-error' }, body);
  if (!(String(status) in responses)) return `${call.name}: GitHub does not answer ${String(status)} here`;
  const schema = responses[String(status)] ?? null;
  if (schema === null) return undefined;
  const problem = problemOf(schema, body);
  return problem === undefined ? undefined : `${call.name}: answer ${String(status)}: ${problem}`;
}

/** The smallest answer of a call that fits, with what is given put onto it. */
export function describedAnswer(name: string, status: number, given: unknown): unknown {
  const schema = operationOf(name).responses[String(status)];
  return schema === null || schema === undefined ? given : overlay(sample(schema), given, schema);
}

/**
 * A webhook as GitHub sends it, by its name in the description (`check-run-completed`), with what is given put onto the smallest one.
 * Throws when the description does not allow it.
 */
export function describedWebhook(name: string, given: object): unknown {
  const schema = hooks.webhooks[name];
  if (schema === undefined) throw new Error(`the description has no webhook ${name}`);
  const payload = overlay(sample(schema), given, schema);
  const problem = problemOf(schema, payload);
  if (problem !== undefined) throw new Error(`${name}: ${problem}`);
  return payload;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8'));
}

function operationOf(name: string): Operation {
  const operation = description.operations[name];
  if (operation === undefined) throw new Error(`the description has no call ${name}`);
  return operation;
}

function problemOf(schema: object, value: unknown): string | undefined {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const [id, name = ''] = schema.$ref.split('#/$defs/');
  const found = (id === 'github' ? description : hooks).$defs[name];
  if (found === undefined) throw new Error(`the description has no ${schema.$ref}`);
  return resolved(found);
}

function namesOf(schema: Schema): ReadonlySet<string> {
  const { properties = {}, anyOf = [], oneOf = [], allOf = [] } = resolved(schema);
  return new Set([...Object.keys(properties), ...[...anyOf, ...oneOf, ...allOf].flatMap((each) => [...namesOf(each)])]);
}

function sample(schema: Schema): unknown {
  const { type: types, enum: values, anyOf, oneOf, allOf, properties = {}, required = [], format } = resolved(schema);
  const type = typeof types === 'object' ? types[0] : types;
  const [choice] = anyOf ?? oneOf ?? [];
  if (choice !== undefined && typeof types !== 'string') return sample(choice);
  if (allOf !== undefined) return Object.assign({}, ...allOf.map((each) => sample(each) as object)) as unknown;
  if (values !== undefined) return values[0];
  if (type === 'object' || required.length > 0)
    return Object.fromEntries(required.map((name) => [name, sample(properties[name] ?? { type: 'string' })]));
  if (type === 'array') return [];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return false;
  if (type === 'null') return null;
  return format === 'date-time' ? '2026-01-01T00:00:00Z' : format === 'uri' ? 'https://github.example/x' : 'x';
}

/** Items of a list and fields of an object are filled up one by one. */
function overlay(base: unknown, given: unknown, schema: Schema): unknown {
  const { items, anyOf, allOf = [], ...own } = resolved(schema) as Schema & { readonly items?: Schema };
  const parts = allOf.map((part) => resolved(part).properties ?? {});
  const properties = Object.assign({}, ...parts, own.properties) as Readonly<Record<string, Schema>>;
  const [, other] = anyOf ?? [];
  if (other !== undefined && given !== null) return overlay(sample(other), given, other);
  if (Array.isArray(given))
    return given.map((item) => (items === undefined ? item : overlay(sample(items), item, items)));
  if (typeof given !== 'object' || given === null) return given;
  const fields = Object.entries(given).map(([name, value]) => {
    const field = properties[name];
    return [name, field === undefined ? value : overlay(sample(field), value, field)];
  });
  return { ...(typeof base === 'object' ? base : {}), ...Object.fromEntries(fields) };
}
