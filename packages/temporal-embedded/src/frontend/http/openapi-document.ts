/**
 * The HTTP API described as OpenAPI 3.1, made from the same annotations that route its requests, so that it cannot drift from
 * them. Served as `/openapi.json`. Schemas are the proto3 JSON forms of the messages.
 */
import { Enum, Type } from 'protobufjs';
import type { Field } from 'protobufjs';
import { requestType, responseType } from '../../proto/rpc-types.js';
import { reflectionRoot } from '../../proto/root.js';
import { OPERATOR_SERVICE, WORKFLOW_SERVICE } from '../service-names.js';
import { COMPATIBLE_SERVER_VERSION } from '../server-version.js';
import { routesOf } from './http-routes.js';
import type { HttpRoute } from './http-routes.js';

type Json = Readonly<Record<string, unknown>>;

const SCALARS: Readonly<Record<string, Json>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  int32: { type: 'integer', format: 'int32' },
  uint32: { type: 'integer', format: 'int32' },
  int64: { type: 'string', format: 'int64' },
  uint64: { type: 'string', format: 'uint64' },
  float: { type: 'number', format: 'float' },
  double: { type: 'number', format: 'double' },
};

const WELL_KNOWN: Readonly<Record<string, Json>> = {
  '.google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  '.google.protobuf.Duration': { type: 'string', pattern: '^-?\\d+(\\.\\d{1,9})?s$' },
  '.google.protobuf.FieldMask': { type: 'string' },
  '.google.protobuf.DoubleValue': { type: 'number' },
  '.google.protobuf.Struct': { type: 'object' },
  '.google.protobuf.Any': { type: 'object', properties: { '@type': { type: 'string' } } },
  // In short, a payload is whatever JSON it holds.
  '.temporal.api.common.v1.Payload': {},
  '.temporal.api.common.v1.Payloads': {},
};

let document: Json | undefined;

/** Made once, when somebody first asks. */
export function openApiDocument(): Json {
  return (document ??= describe());
}

function describe(): Json {
  const schemas = new Map<string, Json>();
  const paths: Record<string, Record<string, Json>> = {};
  for (const service of [WORKFLOW_SERVICE, OPERATOR_SERVICE]) {
    for (const route of routesOf(service, reflectionRoot.lookupService(service).methodsArray)) {
      const operation = operationOf(route, schemas);
      paths[route.template] = { ...paths[route.template], [route.method.toLowerCase()]: operation };
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Temporal HTTP API', version: COMPATIBLE_SERVER_VERSION },
    paths,
    components: { schemas: Object.fromEntries(schemas) },
  };
}

function operationOf({ template, hasBody, rpc }: HttpRoute, schemas: Map<string, Json>): Json {
  const inPath = [...template.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  const content = (type: Type): Json => ({ 'application/json': { schema: typeSchema(type, schemas) } });
  const query = hasBody ? [] : queryParameters(requestType(rpc), inPath, schemas);
  return {
    operationId: `${rpc.name}${template.startsWith('/api/v1/') ? '' : 'Unversioned'}${inPath.length}`,
    parameters: [
      ...inPath.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...query.map(([name, schema]) => ({ name, in: 'query', schema })),
    ],
    ...(hasBody && { requestBody: { content: content(requestType(rpc)) } }),
    responses: { 200: { description: 'OK', content: content(responseType(rpc)) } },
  };
}

/** Fields of the request that a query can set, those of a message in it by their path. */
function queryParameters(type: Type, inPath: readonly string[], schemas: Map<string, Json>): [string, Json][] {
  return type.fieldsArray.flatMap((field): [string, Json][] => {
    const { resolvedType } = field.resolve();
    if (inPath.includes(snakeCase(field.name)) || field.map) return [];
    if (!(resolvedType instanceof Type) || WELL_KNOWN[resolvedType.fullName])
      return [[field.name, fieldSchema(field, schemas)]];
    return field.repeated
      ? []
      : resolvedType.fieldsArray
          .filter((inner) => !inPath.includes(`${snakeCase(field.name)}.${snakeCase(inner.name)}`))
          .filter((inner) => !(inner.resolve().resolvedType instanceof Type))
          .map((inner) => [`${field.name}.${inner.name}`, fieldSchema(inner, schemas)]);
  });
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function typeSchema(type: Type, schemas: Map<string, Json>): Json {
  const wellKnown = WELL_KNOWN[type.fullName];
  if (wellKnown) return wellKnown;
  const name = type.fullName.slice(1);
  if (!schemas.has(name)) {
    // Known before its fields are described: messages refer to themselves.
    schemas.set(name, {});
    const properties = type.fieldsArray.map((field) => [field.name, fieldSchema(field.resolve(), schemas)]);
    schemas.set(name, { type: 'object', properties: Object.fromEntries(properties) });
  }
  return { $ref: `#/components/schemas/${name}` };
}

function fieldSchema(field: Field, schemas: Map<string, Json>): Json {
  const { resolvedType, type } = field;
  const schema: Json =
    resolvedType instanceof Type
      ? typeSchema(resolvedType, schemas)
      : resolvedType instanceof Enum
        ? { type: 'string', enum: Object.keys(resolvedType.values) }
        : (SCALARS[type] ?? {});
  if (field.map) return { type: 'object', additionalProperties: schema };
  return field.repeated ? { type: 'array', items: schema } : schema;
}
