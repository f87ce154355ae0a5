import fc from 'fast-check';
import { Enum, Type } from 'protobufjs';
import type { Field } from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { fromProtoJson, toProtoJson } from './proto-json.js';
import { reflectionRoot } from './root.js';

const FULL = { payloadShorthand: false };
const SHORT = { payloadShorthand: true };
const MESSAGES = [
  'temporal.api.history.v1.HistoryEvent',
  'temporal.api.workflowservice.v1.StartWorkflowExecutionRequest',
  'temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse',
  'temporal.api.schedule.v1.Schedule',
  'temporal.api.failure.v1.Failure',
];

/** Any message of a type, by reflection; nested ones get rarer with the depth. */
function anyMessage(type: Type, depth = 0): fc.Arbitrary<object> {
  if (type.fullName === '.google.protobuf.Timestamp')
    return fc.record({ seconds: fc.integer({ min: 0, max: 4e9 }), nanos: fc.integer({ min: 0, max: 999_999_999 }) });
  if (type.fullName === '.google.protobuf.Duration')
    return fc.record({ seconds: fc.integer({ min: 0, max: 1e9 }), nanos: fc.integer({ min: 0, max: 999_999_999 }) });
  if (type.fullName === '.google.protobuf.Any') return fc.constant({});
  const fields = type.fieldsArray.filter((field) => depth < 3 || !(field.resolve().resolvedType instanceof Type));
  const inOneofs = new Map(type.oneofsArray.map((oneof) => [oneof.name, fc.constantFrom(...oneof.fieldsArray)]));
  return fc
    .record(Object.fromEntries(inOneofs))
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(
          fields
            .filter((field) => !field.partOf || (chosen as Record<string, Field>)[field.partOf.name] === field)
            .map((field) => [field.name, anyValue(field.resolve(), depth)]),
        ),
        { requiredKeys: [] },
      ),
    );
}

function anyValue(field: Field, depth: number): fc.Arbitrary<unknown> {
  const { resolvedType } = field;
  const one =
    resolvedType instanceof Type
      ? anyMessage(resolvedType, depth + 1)
      : resolvedType instanceof Enum
        ? fc.constantFrom(...Object.values(resolvedType.values))
        : anyScalar(field.type);
  if (field.map) return fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), one, { maxKeys: 2 });
  return field.repeated ? fc.array(one, { maxLength: 2 }) : one;
}

function anyScalar(type: string): fc.Arbitrary<unknown> {
  if (type === 'string') return fc.string({ unit: 'grapheme', maxLength: 10 });
  if (type === 'bool') return fc.boolean();
  if (type === 'bytes') return fc.uint8Array({ maxLength: 10 });
  if (type === 'double') return fc.double({ noNaN: true });
  if (type === 'float') return fc.float({ noNaN: true });
  return fc.nat(2 ** 31 - 1);
}

describe('proto3 JSON', () => {
  it.each(MESSAGES)('of any %s reads back as the same message', (name) => {
    const type = reflectionRoot.lookupType(name);
    fc.assert(
      fc.property(anyMessage(type), (fields) => {
        const bytes = type.encode(type.create(fields)).finish();
        const json: unknown = JSON.parse(JSON.stringify(toProtoJson(type, type.decode(bytes), FULL)));
        const back = type.encode(type.create(fromProtoJson(type, json, FULL))).finish();
        // Defaults are not written, so what is compared is the decoded form.
        expect(toProtoJson(type, type.decode(back), FULL)).toEqual(json);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps 64-bit numbers exact, as text', () => {
    const type = reflectionRoot.lookupType('temporal.api.history.v1.HistoryEvent');
    const read = fromProtoJson(type, { eventId: '9007199254740993', taskId: '-1' }, FULL);
    const decoded = type.decode(type.encode(type.create(read)).finish());
    expect(toProtoJson(type, decoded, FULL)).toEqual({ eventId: '9007199254740993', taskId: '-1' });
    expect(() => fromProtoJson(type, { eventId: '99999999999999999999' }, FULL)).toThrow('a 64-bit number');
    expect(() => fromProtoJson(type, { eventId: 1.5 }, FULL)).toThrow('a whole number');
  });

  it('takes the official service’s word on times and durations', () => {
    const type = reflectionRoot.lookupType('temporal.api.schedule.v1.IntervalSpec');
    const durations = ['0s', '1.500s', '-2.000000001s'].map((interval) => fromProtoJson(type, { interval }, FULL));
    expect(durations.map((message) => toProtoJson(type, type.fromObject(message), FULL))).toEqual([
      { interval: '0s' },
      { interval: '1.500s' },
      { interval: '-2.000000001s' },
    ]);
    expect(() => fromProtoJson(type, { interval: '1 s' }, FULL)).toThrow('interval: expected a duration');
  });
});

describe('payloads in short', () => {
  const type = reflectionRoot.lookupType('temporal.api.common.v1.Payloads');
  const encoded = (encoding: string, data: string, more: Record<string, string> = {}): object => ({
    metadata: Object.fromEntries(
      Object.entries({ encoding, ...more }).map(([key, value]) => [key, Buffer.from(value)]),
    ),
    data: Buffer.from(data),
  });
  const written = (...payloads: object[]): unknown => toProtoJson(type, type.create({ payloads }), SHORT);

  it('are written for JSON only, and for all of a list or none', () => {
    expect(written(encoded('json/plain', '{"a":1}'), encoded('json/plain', '"b"'))).toEqual([{ a: 1 }, 'b']);
    expect(written(encoded('json/plain', '1'), encoded('binary/plain', 'x'))).toHaveProperty('payloads');
    expect(written(encoded('json/plain', '1', { type: 'mine' }))).toHaveProperty('payloads');
    expect(written(encoded('json/plain', 'no json'))).toHaveProperty('payloads');
    expect(written(encoded('json/protobuf', '{"c":1}', { messageType: 'a.B' }))).toEqual([
      { c: 1, _protoMessageType: 'a.B' },
    ]);
  });

  it('are told from payloads in full by their form', () => {
    const full = { metadata: { encoding: Buffer.from('binary/plain').toString('base64') }, data: 'AA==' };
    const mine = { metadata: { encoding: 'not base64!' }, data: 'x' };
    expect(fromProtoJson(type, [full, mine, null, 3], SHORT)).toEqual({
      payloads: [
        encoded('binary/plain', '\0'),
        encoded('json/plain', JSON.stringify(mine)),
        { metadata: { encoding: Buffer.from('binary/null') } },
        encoded('json/plain', '3'),
      ],
    });
  });
});
