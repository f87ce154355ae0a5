/**
 * Protobuf messages of our own, for records in the store: a table of fields in, a codec out.
 *
 * The rule it guards: field numbers are for ever. A field may be added with a new number (readers of old rows see
 * its default) and a number may be retired, never reused. Messages of the Temporal API inside a record stay `bytes`.
 * Milliseconds are doubles: exact to 2^53 and cheaper to read than int64.
 */
import type protobuf from 'protobufjs';

/** Number and type by field name. */
export type FieldTable = Readonly<Record<string, readonly [number, string] | readonly [number, string, 'repeated']>>;

/** One message of a schema, in the form that `Root.fromJSON` takes. */
export function recordMessage(fields: FieldTable): { fields: Record<string, protobuf.IField> } {
  const out: Record<string, protobuf.IField> = {};
  for (const [name, [id, type, rule]] of Object.entries(fields)) out[name] = rule ? { id, type, rule } : { id, type };
  return { fields: out };
}

/** Encodes and decodes one message of a schema; decoding fills every default in, so objects keep one shape. */
export interface RecordCodec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** The codec of one message; `T` must name the fields of its table. */
export function recordCodec<T extends object>(root: protobuf.Root, name: string): RecordCodec<T> {
  const type = root.lookupType(name);
  return {
    encode: (value) => type.encode(value as protobuf.Message<object>).finish(),
    decode: (bytes) => type.decode(bytes) as unknown as T,
  };
}
