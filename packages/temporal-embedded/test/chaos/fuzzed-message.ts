/**
 * Messages that no client would send, from a seed: built by reflection, field by field, out of extreme values and of
 * values that the service has given out before (ids, task tokens, page tokens), then sometimes damaged as bytes.
 * What makes a request get past the first check is as important as what is wrong with it, so most fields hold
 * something plausible and few are absurd.
 */
import type { SeededRandom } from '@vishkar/testkit';
import protobuf from 'protobufjs';

/** Values that make sense to the service that is fuzzed. */
export interface KnownValues {
  /** By the field's name; a field that is not listed gets `words`. */
  readonly strings: Readonly<Record<string, readonly string[]>>;
  readonly words: readonly string[];
  /** Task tokens and page tokens, all in one: a token of the wrong kind is a good one. */
  readonly tokens: readonly Uint8Array[];
}

/** How likely a value is absurd: drawn anew for each request, since one absurd value is enough to be refused. */
const ABSURDITIES = [0, 0.02, 0.02, 0.2];
/** How many of a message's fields are set, of those that requests do without: the fewer, the more often one is accepted. */
const DENSITIES = [0.1, 0.3, 0.8];
/** Without these nearly every request would be refused at once. */
const VITAL_FIELDS =
  /^(namespace|execution|workflowExecution|workflowId|taskToken|taskQueue|name|workflowType|activityType|activityId|requestId|signalName|scheduleId|schedule|commands|timerId|startToFireTimeout|startToCloseTimeout|query|updateRef|request|meta|input|updateId|action|spec|interval)$/;
/** Deeper messages than this stay empty. */
const MAX_DEPTH = 7;
const LONG_STRING = 'x'.repeat(2_000);
const HUGE_STRING = 'x'.repeat(70_000);
/** Around the largest payload that the service takes, 2 MiB. */
const PAYLOAD_SIZES = [2 * 1024 * 1024 - 64, 2 * 1024 * 1024 + 1, 3 * 1024 * 1024];
const ODD_STRINGS = [
  '',
  ' ',
  '0',
  '/_/:..',
  '\0',
  '\u{1f4a5}\u0301\u202e',
  "x' OR '1'='1",
  '__proto__',
  'constructor',
  '-1',
  'temporal-sys-x',
  '00000000-0000-0000-0000-000000000000',
  'not-a-uuid',
  '%',
  '(((',
  LONG_STRING,
];
const FILTERS = [
  'WorkflowId = ',
  "WorkflowId = 'a' OR",
  "StartTime > 'never'",
  "NoSuchAttribute = 'x'",
  "ExecutionStatus = 'Running'",
  'ORDER BY StartTime',
  'GROUP BY WorkflowId',
  "WorkflowType STARTS_WITH 'w' AND StartTime BETWEEN 1 AND 2",
  "((((((((((WorkflowId='x'))))))))))",
  '('.repeat(3_000),
  "'",
  'ExecutionDuration > 99999999999999999999h',
  'HistoryLength = NaN',
  'CloseTime IS NULL AND WorkflowId IN ()',
  "TemporalPauseInfo = 'x'",
];
const USUAL_NUMBERS = [0, 1, 2, 7];
const NUMBERS = [0, 1, -1, 2, 7, 100, 1_000_000, 2 ** 31 - 1, -(2 ** 31)];
const FLOATS = [0, 1, -1, NaN, Infinity, -Infinity, 1e308, 5e-324, -0];
const USUAL_FLOATS = [0, 1, 2.5];
/** As the pair of 32-bit halves that protobufjs writes. */
const USUAL_LONGS = [
  { low: 0, high: 0 },
  { low: 1, high: 0 },
  { low: 5, high: 0 },
];
const LONGS = [
  ...USUAL_LONGS,
  { low: -1, high: -1 },
  { low: -1, high: 0x7fffffff },
  { low: 0, high: -0x80000000 },
  { low: 0x6fc23ac0, high: 0x7 },
];

export class MessageFuzzer {
  readonly #random: SeededRandom;
  readonly #known: KnownValues;
  #absurdity = 0;
  #density = 0;

  constructor(random: SeededRandom, known: KnownValues) {
    this.#random = random;
    this.#known = known;
  }

  /** One request of this type as bytes. */
  request(type: protobuf.Type): Buffer {
    this.#absurdity = this.#pick(ABSURDITIES);
    this.#density = this.#pick(DENSITIES);
    if (this.#chance(0.03)) return this.#randomBytes(this.#random.between(0, 300));
    const encoded = Buffer.from(type.encode(this.#message(type, 0) as protobuf.Message<object>).finish());
    if (this.#chance(0.03)) return encoded.subarray(0, this.#random.between(0, encoded.length));
    if (this.#chance(0.03)) return this.#flipped(encoded);
    // A field that nobody knows: a string, number 9000.
    if (this.#chance(0.03)) return Buffer.concat([encoded, Buffer.from([0xc2, 0xb2, 0x04, 0x03, 0x61, 0x62, 0x63])]);
    return encoded;
  }

  #message(type: protobuf.Type, depth: number): object {
    if (type.fullName === '.google.protobuf.Duration' || type.fullName === '.google.protobuf.Timestamp') {
      return { seconds: this.#either(USUAL_LONGS, LONGS), nanos: this.#either([0], NUMBERS) };
    }
    const message: Record<string, unknown> = {};
    for (const field of type.fieldsArray) {
      field.resolve();
      // Of a oneof usually one member and sometimes several, which is legal on the wire: the last one counts.
      const members = field.partOf?.fieldsArray.length;
      const density = members ? 1.2 / members : VITAL_FIELDS.test(field.name) ? 0.95 : this.#density;
      if (!this.#chance(density)) continue;
      message[field.name] = this.#field(field, depth);
    }
    pairCommandWithAttributes(message, type);
    return message;
  }

  #field(field: protobuf.Field, depth: number): unknown {
    if (field instanceof protobuf.MapField) {
      const entries = Array.from({ length: this.#random.between(0, 2) }, () => [
        this.#string(field.name),
        this.#value(field, depth),
      ]);
      return Object.fromEntries(entries) as unknown;
    }
    if (!field.repeated) return this.#value(field, depth);
    const length = this.#isAbsurd() && this.#chance(0.05) ? 300 : this.#random.between(0, 2);
    return Array.from({ length }, () => this.#value(field, depth));
  }

  #value(field: protobuf.Field, depth: number): unknown {
    const type = field.resolvedType;
    if (type instanceof protobuf.Type) return depth < MAX_DEPTH ? this.#message(type, depth + 1) : {};
    if (type instanceof protobuf.Enum) {
      const numbers = Object.values(type.values);
      return this.#either(numbers, NUMBERS);
    }
    switch (field.type) {
      case 'string':
        return this.#string(field.name);
      case 'bytes':
        return this.#bytes(field.name);
      case 'bool':
        return this.#chance(0.5);
      case 'double':
      case 'float':
        return this.#either(USUAL_FLOATS, FLOATS);
      case 'int64':
      case 'uint64':
      case 'sint64':
      case 'fixed64':
      case 'sfixed64':
        return this.#either(USUAL_LONGS, LONGS);
      default:
        return this.#either(USUAL_NUMBERS, NUMBERS);
    }
  }

  #string(name: string): string {
    if (name === 'query' || name === 'visibilityQuery') return this.#pick(FILTERS);
    const known = this.#known.strings[name] ?? this.#known.words;
    if (!this.#isAbsurd()) return this.#pick(known);
    return this.#chance(0.02) ? HUGE_STRING : this.#pick(ODD_STRINGS);
  }

  #bytes(name: string): Uint8Array {
    const isToken = /token/i.test(name);
    if (isToken && this.#chance(0.8) && this.#known.tokens.length > 0) {
      // The latest are the likeliest to be still good for something.
      const token = this.#pick(this.#chance(0.5) ? this.#known.tokens.slice(-4) : this.#known.tokens);
      return this.#isAbsurd() ? this.#flipped(token) : token;
    }
    if (this.#chance(0.002)) return Buffer.alloc(this.#pick(PAYLOAD_SIZES), 0x20);
    if (this.#chance(0.3))
      return Buffer.from(this.#pick(['"text"', '1', '{"a":[]}', 'null', '"2026-01-01T00:00:00Z"']));
    return this.#randomBytes(this.#random.between(0, 40));
  }

  #flipped(bytes: Uint8Array): Buffer {
    const copy = Buffer.from(bytes);
    if (copy.length === 0) return copy;
    const at = this.#random.between(0, copy.length - 1);
    copy[at] = (copy[at] ?? 0) ^ (1 << this.#random.between(0, 7));
    return copy;
  }

  #randomBytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.#random.between(0, 255)));
  }

  #isAbsurd(): boolean {
    return this.#chance(this.#absurdity);
  }

  #either<T>(usual: readonly T[], absurd: readonly T[]): T {
    return this.#pick(this.#isAbsurd() ? absurd : usual);
  }

  #chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  #pick<T>(values: readonly T[]): T {
    // Every list here has members.
    return values[this.#random.between(0, values.length - 1)] as T;
  }
}

/** A command whose type and attributes belong together gets further; every second one is left as it fell. */
function pairCommandWithAttributes(message: Record<string, unknown>, type: protobuf.Type): void {
  if (type.fullName !== '.temporal.api.command.v1.Command') return;
  const attributes = Object.keys(message).find((name) => name.endsWith('CommandAttributes'));
  const commandType = type.fields['commandType']?.resolvedType;
  if (!attributes || !(commandType instanceof protobuf.Enum)) return;
  const name = attributes.replace(/CommandAttributes$/, '').replace(/([A-Z])/g, '_$1');
  const number = commandType.values[`COMMAND_TYPE_${name.toUpperCase()}`];
  if (number !== undefined && message['commandType'] !== 0) message['commandType'] = number;
}
