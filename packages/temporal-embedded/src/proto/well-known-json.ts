/**
 * JSON forms of the well-known types (https://protobuf.dev/programming-guides/json/): Timestamp is RFC 3339, Duration is seconds with
 * an `s`, FieldMask a comma-separated text, Empty an empty object, a wrapper is its value, a Struct the object that it stands for.
 */
import { isJsonObject } from './json-object.js';
import type { JsonObject } from './json-object.js';
import { ProtoJsonError } from './proto-json-error.js';

type Message = Readonly<Record<string, unknown>>;

/** Undefined when the type has no form of its own. */
export function writeWellKnown(fullName: string, message: Message): { readonly json: unknown } | undefined {
  const write = FORMS[fullName]?.write;
  return write && { json: write(message) };
}

/** Undefined when the type has no form of its own. Throws ProtoJsonError when the value does not fit. */
export function readWellKnown(fullName: string, json: unknown, path: string): JsonObject | undefined {
  return FORMS[fullName]?.read(json, path);
}

interface Form {
  readonly write: (message: Message) => unknown;
  readonly read: (json: unknown, path: string) => JsonObject;
}

const timestamp: Form = {
  write: (message) => {
    const milliseconds = seconds(message) * 1000;
    const whole = new Date(milliseconds).toISOString().slice(0, 19);
    return `${whole}${fraction(nanos(message))}Z`;
  },
  read: (json, path) => {
    const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(String(json));
    const milliseconds = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN;
    if (!match || Number.isNaN(milliseconds))
      throw new ProtoJsonError(path, `expected a time such as 2030-01-31T12:00:00Z`);
    return { seconds: milliseconds / 1000, nanos: Number((match[2] ?? '').padEnd(9, '0')) };
  },
};

const duration: Form = {
  write: (message) => {
    const sign = seconds(message) < 0 || nanos(message) < 0 ? '-' : '';
    return `${sign}${Math.abs(seconds(message))}${fraction(Math.abs(nanos(message)))}s`;
  },
  read: (json, path) => {
    const match = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(String(json));
    if (!match) throw new ProtoJsonError(path, 'expected a duration such as 10s or 1.5s');
    const sign = match[1] === '-' ? -1 : 1;
    return { seconds: sign * Number(match[2]), nanos: sign * Number((match[3] ?? '').padEnd(9, '0')) };
  },
};

const fieldMask: Form = {
  write: (message) => ((message['paths'] ?? []) as string[]).map(toCamelCase).join(','),
  read: (json, path) => {
    if (typeof json !== 'string') throw new ProtoJsonError(path, 'expected names of fields, with commas between');
    return { paths: json === '' ? [] : json.split(',').map(toSnakeCase) };
  },
};

const wrapper: Form = {
  write: (message) => {
    const { value } = message;
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
    return typeof value === 'object' && value !== null ? String(value) : value;
  },
  read: (json) => ({ value: json }),
};

const struct: Form = {
  write: (message) =>
    Object.fromEntries(
      Object.entries((message['fields'] ?? {}) as Record<string, Message>).map(([key, value]) => [
        key,
        fromValue(value),
      ]),
    ),
  read: (json, path) => {
    if (!isJsonObject(json)) throw new ProtoJsonError(path, 'expected an object');
    return { fields: Object.fromEntries(Object.entries(json).map(([key, value]) => [key, toValue(value)])) };
  },
};

/** From google.protobuf.Value to the JSON that it stands for. */
function fromValue(value: Message): unknown {
  if (Object.hasOwn(value, 'structValue')) return struct.write(value['structValue'] as Message);
  if (Object.hasOwn(value, 'listValue')) return ((value['listValue'] as Message)['values'] as Message[]).map(fromValue);
  return value['stringValue'] ?? value['numberValue'] ?? value['boolValue'] ?? null;
}

function toValue(json: unknown): JsonObject {
  if (typeof json === 'string') return { stringValue: json };
  if (typeof json === 'number') return { numberValue: json };
  if (typeof json === 'boolean') return { boolValue: json };
  if (Array.isArray(json)) return { listValue: { values: json.map(toValue) } };
  return isJsonObject(json) ? { structValue: struct.read(json, '') } : { nullValue: 0 };
}

const FORMS: Readonly<Record<string, Form>> = {
  '.google.protobuf.Timestamp': timestamp,
  '.google.protobuf.Duration': duration,
  '.google.protobuf.FieldMask': fieldMask,
  '.google.protobuf.Struct': struct,
  ...Object.fromEntries(
    ['BoolValue', 'StringValue', 'Int32Value', 'UInt32Value', 'DoubleValue', 'FloatValue'].map((name) => [
      `.google.protobuf.${name}`,
      wrapper,
    ]),
  ),
};

// Int64 arrives as a Long; both fields of the time types are safe integers.
const seconds = (message: Message): number => Number(message['seconds'] ?? 0);
const nanos = (message: Message): number => Number(message['nanos'] ?? 0);

/** Nothing, or 3, 6 or 9 digits. */
function fraction(value: number): string {
  if (value === 0) return '';
  const digits = String(value).padStart(9, '0');
  return `.${digits.endsWith('000000') ? digits.slice(0, 3) : digits.endsWith('000') ? digits.slice(0, 6) : digits}`;
}

const toCamelCase = (path: string): string => path.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const toSnakeCase = (path: string): string => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
