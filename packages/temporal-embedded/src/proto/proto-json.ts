/**
 * Messages as proto3 JSON and back, by reflection (https://protobuf.dev/programming-guides/json/): what the HTTP API speaks.
 * It is the boundary between JSON that anybody may have written and messages; nothing past it sees an unchecked value.
 * Two things go beyond the standard mapping, as the official service does them: payloads may be written in short
 * (payload-shorthand.ts), and enum values also by the short name (`Running` for WORKFLOW_EXECUTION_STATUS_RUNNING).
 */
import { Enum, MapField, Type } from 'protobufjs';
import type { Field, ReflectionObject } from 'protobufjs';
import { isJsonObject } from './json-object.js';
import type { JsonObject } from './json-object.js';
import { readShortPayload, readShortPayloads, writeShortPayload, writeShortPayloads } from './payload-shorthand.js';
import { ProtoJsonError } from './proto-json-error.js';
import { readWellKnown, writeWellKnown } from './well-known-json.js';
import { reflectionRoot } from './root.js';

export interface ProtoJsonOptions {
  /** Payloads of JSON and null are written as the JSON that they hold. Default of the HTTP API: true. */
  readonly payloadShorthand: boolean;
}

type Message = Readonly<Record<string, unknown>>;

const INT64_TYPES = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);
const INT32_TYPES = new Set(['int32', 'uint32', 'sint32', 'fixed32', 'sfixed32']);

/** Writes a decoded message. Fields with their default value are left out, int64 becomes a string, bytes base64. */
export function toProtoJson(type: Type, message: object, options: ProtoJsonOptions): unknown {
  const special = writeSpecial(type, message as Message, options);
  if (special !== undefined) return special.json;
  const json: JsonObject = {};
  for (const field of type.fieldsArray) {
    const value = (message as Message)[field.name];
    if (value === undefined || value === null || !Object.hasOwn(message, field.name)) continue;
    const written = writeField(field.resolve(), value, options);
    if (written !== undefined) json[field.name] = written;
  }
  return json;
}

/** Reads a message. Throws ProtoJsonError, naming the place, when a field is unknown or a value does not fit. */
export function fromProtoJson(type: Type, json: unknown, options: ProtoJsonOptions, path = ''): JsonObject {
  const special = readSpecial(type, json, options, path);
  if (special !== undefined) return special;
  if (!isJsonObject(json)) throw new ProtoJsonError(path, `expected an object for ${type.name}`);
  const message: JsonObject = {};
  for (const [key, value] of Object.entries(json)) {
    const field = fieldOf(type, key);
    const at = path === '' ? key : `${path}.${key}`;
    if (field === undefined) throw new ProtoJsonError(at, `unknown field "${key}"`);
    if (value !== null || holdsNull(field)) message[field.name] = readField(field, value, options, at);
  }
  return message;
}

/** The field under its JSON name (`workflowId`) or its name in the .proto file (`workflow_id`). */
export function fieldOf(type: Type, name: string): Field | undefined {
  const camelCase = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return (type.fields[name] ?? type.fields[camelCase])?.resolve();
}

function writeSpecial(type: Type, message: Message, options: ProtoJsonOptions): { readonly json: unknown } | undefined {
  if (type.fullName === '.google.protobuf.Any') return { json: writeAny(message, options) };
  const wellKnown = writeWellKnown(type.fullName, message);
  if (wellKnown !== undefined || !options.payloadShorthand) return wellKnown;
  if (type.fullName === '.temporal.api.common.v1.Payload') return writeShortPayload(message);
  if (type.fullName === '.temporal.api.common.v1.Payloads') return writeShortPayloads(message);
  return undefined;
}

function readSpecial(type: Type, json: unknown, options: ProtoJsonOptions, path: string): JsonObject | undefined {
  if (type.fullName === '.google.protobuf.Any') return readAny(json, options, path);
  const wellKnown = readWellKnown(type.fullName, json, path);
  if (wellKnown !== undefined || !options.payloadShorthand) return wellKnown;
  if (type.fullName === '.temporal.api.common.v1.Payload') return readShortPayload(json);
  if (type.fullName === '.temporal.api.common.v1.Payloads') return readShortPayloads(json);
  return undefined;
}

const isPayload = (resolved: ReflectionObject | null): boolean =>
  resolved?.fullName === '.temporal.api.common.v1.Payload';
/** In short, a payload may be null; everywhere else null means that the field is not set. */
const holdsNull = (field: Field): boolean => !field.map && !field.repeated && isPayload(field.resolvedType);

function writeField(field: Field, value: unknown, options: ProtoJsonOptions): unknown {
  if (field.map) {
    const entries = Object.entries(value as Message);
    if (entries.length === 0) return undefined;
    return Object.fromEntries(entries.map(([key, entry]) => [key, writeValue(field, entry, options)]));
  }
  if (field.repeated) {
    const list = value as readonly unknown[];
    return list.length === 0 ? undefined : list.map((entry) => writeValue(field, entry, options));
  }
  const isImplicit = !field.partOf && !(field.resolvedType instanceof Type);
  return isImplicit && isDefault(value) ? undefined : writeValue(field, value, options);
}

const isDefault = (value: unknown): boolean =>
  value === 0 || value === '' || value === false || String(value) === '0' || (value as Uint8Array).length === 0;

function writeValue(field: Field, value: unknown, options: ProtoJsonOptions): unknown {
  const { resolvedType } = field;
  if (resolvedType instanceof Type) return toProtoJson(resolvedType, value as object, options);
  if (resolvedType instanceof Enum) return resolvedType.valuesById[value as number] ?? value;
  if (field.type === 'bytes') return Buffer.from(value as Uint8Array).toString('base64');
  if (INT64_TYPES.has(field.type)) return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

function readField(field: Field, value: unknown, options: ProtoJsonOptions, path: string): unknown {
  if (field.map) {
    if (!isJsonObject(value)) throw new ProtoJsonError(path, 'expected an object');
    const isTextKey = field instanceof MapField && field.keyType === 'string';
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => {
        if (!isTextKey && !/^-?\d+$|^true$|^false$/.test(key)) throw new ProtoJsonError(path, `bad key "${key}"`);
        return [key, readValue(field, entry, options, `${path}.${key}`)];
      }),
    );
  }
  if (!field.repeated) return readValue(field, value, options, path);
  if (!Array.isArray(value)) throw new ProtoJsonError(path, 'expected a list');
  return value.map((entry, index) => readValue(field, entry, options, `${path}[${index}]`));
}

function readValue(field: Field, value: unknown, options: ProtoJsonOptions, path: string): unknown {
  const { resolvedType, type } = field;
  if (resolvedType instanceof Type) return fromProtoJson(resolvedType, value, options, path);
  if (resolvedType instanceof Enum) return readEnum(resolvedType, value, path);
  if (type === 'string') return typeof value === 'string' ? value : refuse(path, 'a string', value);
  if (type === 'bool') return typeof value === 'boolean' ? value : refuse(path, 'true or false', value);
  if (type === 'bytes') return readBytes(value, path);
  if (INT64_TYPES.has(type)) return readInt64(type, value, path);
  if (INT32_TYPES.has(type)) return readInt32(type, value, path);
  return readFloat(value, path);
}

function refuse(path: string, expected: string, value: unknown): never {
  throw new ProtoJsonError(path, `expected ${expected}, not ${JSON.stringify(value)}`);
}

function readEnum(type: Enum, value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (typeof value !== 'string') return refuse(path, `a name of ${type.name}`, value);
  const found = type.values[value] ?? type.values[longEnumName(type, value)];
  return found ?? refuse(path, `a name of ${type.name}`, value);
}

/** `Running` of WorkflowExecutionStatus is WORKFLOW_EXECUTION_STATUS_RUNNING. */
const longEnumName = (type: Enum, short: string): string =>
  [type.name, short].map((name) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()).join('_');

/** Both alphabets of base64, with or without padding. */
export function readBytes(value: unknown, path: string): Buffer {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) return refuse(path, 'base64', value);
  return Buffer.from(value, 'base64');
}

/** Stays exact: protobufjs takes decimal strings for 64-bit fields only through its Long. */
function readInt64(type: string, value: unknown, path: string): unknown {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !/^-?\d{1,20}$/.test(text)) return refuse(path, 'a whole number', value);
  const number = BigInt(text);
  const isUnsigned = type === 'uint64' || type === 'fixed64';
  if (BigInt[isUnsigned ? 'asUintN' : 'asIntN'](64, number) !== number) return refuse(path, 'a 64-bit number', value);
  return longFromBigInt(number, isUnsigned);
}

/** The fields of a Long, which is all that the encoder looks at. */
const longFromBigInt = (value: bigint, unsigned: boolean): { low: number; high: number; unsigned: boolean } => ({
  low: Number(BigInt.asIntN(32, value)),
  high: Number(BigInt.asIntN(32, value >> 32n)),
  unsigned,
});

function readInt32(type: string, value: unknown, path: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const isUnsigned = type === 'uint32' || type === 'fixed32';
  if (typeof number !== 'number' || !Number.isInteger(number)) return refuse(path, 'a whole number', value);
  if ((isUnsigned ? number >>> 0 : number | 0) !== number) return refuse(path, 'a 32-bit number', value);
  return number;
}

function readFloat(value: unknown, path: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || (Number.isNaN(number) && value !== 'NaN')) return refuse(path, 'a number', value);
  return number;
}

/** A message of any type says which in `@type`; one that we do not know keeps its bytes. */
function writeAny(message: Message, options: ProtoJsonOptions): JsonObject {
  const typeUrl = String(message['type_url'] ?? message['typeUrl'] ?? '');
  const bytes = (message['value'] as Uint8Array | undefined) ?? new Uint8Array();
  const type = findType(typeUrl);
  if (type === undefined) return { '@type': typeUrl, value: Buffer.from(bytes).toString('base64') };
  const json = toProtoJson(type, type.decode(bytes), options);
  return { '@type': typeUrl, ...(isJsonObject(json) ? json : { value: json }) };
}

function readAny(json: unknown, options: ProtoJsonOptions, path: string): JsonObject {
  if (!isJsonObject(json) || typeof json['@type'] !== 'string')
    throw new ProtoJsonError(path, 'expected an object with "@type"');
  const { '@type': typeUrl, ...fields } = json;
  const type = findType(typeUrl);
  if (type === undefined) throw new ProtoJsonError(path, `unknown type "${typeUrl}"`);
  return { type_url: typeUrl, value: type.encode(type.create(fromProtoJson(type, fields, options, path))).finish() };
}

function findType(typeUrl: string): Type | undefined {
  const found = reflectionRoot.lookup(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
  return found instanceof Type ? found : undefined;
}
