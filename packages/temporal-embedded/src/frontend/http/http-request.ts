/**
 * From an HTTP request to the request message of its rpc: body or query, then what the path says, which wins.
 * Pure. Rule: a parameter that is no field is an error that names it; only the API's own display options are let through.
 */
import { Type } from 'protobufjs';
import { InvalidArgumentError } from '../../errors.js';
import { fieldOf, fromProtoJson } from '../../proto/proto-json.js';
import type { JsonObject } from '../../proto/json-object.js';
import type { ProtoJsonOptions } from '../../proto/proto-json.js';
import { ProtoJsonError } from '../../proto/proto-json-error.js';
import { requestType } from '../../proto/rpc-types.js';
import type { RouteMatch } from './http-routes.js';

/** Options of the answer's form, no fields of a request. */
export const DISPLAY_PARAMETERS = ['pretty', 'noPayloadShorthand'] as const;

/** The decoded request message. Throws InvalidArgumentError when the request does not fit its rpc. */
export function requestMessage(
  { route, fields }: RouteMatch,
  body: string,
  query: URLSearchParams,
  options: ProtoJsonOptions,
): object {
  const type = requestType(route.rpc);
  try {
    const json = route.hasBody ? parseBody(body) : queryFields(type, query);
    for (const [path, text] of fields) setField(type, json, path, [text]);
    // Through the wire form, so that a handler gets exactly what it gets over gRPC.
    return type.decode(type.encode(type.create(fromProtoJson(type, json, options))).finish());
  } catch (error) {
    if (error instanceof ProtoJsonError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function parseBody(body: string): JsonObject {
  if (body.trim() === '') return {};
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    throw new ProtoJsonError('', `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new ProtoJsonError('', 'the body has to be a JSON object');
  return json as JsonObject;
}

function queryFields(type: Type, query: URLSearchParams): JsonObject {
  const json: JsonObject = {};
  for (const name of new Set(query.keys()))
    if (!(DISPLAY_PARAMETERS as readonly string[]).includes(name)) setField(type, json, name, query.getAll(name));
  return json;
}

/** Sets `execution.run_id` and the like; texts become what the field holds. */
function setField(type: Type, json: JsonObject, path: string, texts: readonly string[]): void {
  const [head = '', ...rest] = path.split('.');
  const field = fieldOf(type, head);
  if (field === undefined) throw new ProtoJsonError(path, `there is no such field in ${type.name}`);
  const known = json[field.name] ?? json[head];
  // The name that was set last stays alone: a body may have spelled it the other way.
  if (head !== field.name) delete json[head];
  if (rest.length > 0) {
    if (!(field.resolvedType instanceof Type) || field.repeated || field.map)
      throw new ProtoJsonError(path, 'this cannot be set in a query');
    const inner = typeof known === 'object' && known !== null ? { ...(known as JsonObject) } : {};
    setField(field.resolvedType, inner, rest.join('.'), texts);
    json[field.name] = inner;
    return;
  }
  const values = texts.map((text) => (field.type === 'bool' ? asBoolean(path, text) : text));
  json[field.name] = field.repeated ? values : values.at(-1);
}

function asBoolean(path: string, text: string): boolean {
  if (text === 'true' || text === '') return true;
  if (text === 'false') return false;
  throw new ProtoJsonError(path, `expected true or false, not "${text}"`);
}
