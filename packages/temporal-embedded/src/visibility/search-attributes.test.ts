import { describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTE_TYPES } from '../namespaces/search-attribute-type.js';
import { SearchAttributes, withTypes } from './search-attributes.js';

const DEFINITIONS = Object.entries(SEARCH_ATTRIBUTE_TYPES).map(([name, type]) => ({
  namespaceId: 'id',
  name: `C${name}`,
  type,
}));
const attributes = new SearchAttributes({ searchAttributes: () => DEFINITIONS }, () => 'default');

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const raw = (data: string, encoding = 'json/plain') => ({
  metadata: { encoding: bytes(encoding) },
  data: bytes(data),
});
const fields = (name: string, payload: object) => ({ indexedFields: { [name]: payload } });

// What the official dev server (1.29.1) answers to the same values.
describe('values that clients set', () => {
  it.each([
    ['Nope', raw('"x"'), 'Namespace default has no mapping defined for search attribute Nope'],
    ['NamespaceId', raw('"x"'), 'Namespace default has no mapping defined for search attribute NamespaceId'],
    ['WorkflowId', raw('"x"'), "WorkflowId attribute can't be set in SearchAttributes"],
    ['TemporalWorkerDeployment', raw('"x"'), "TemporalWorkerDeployment attribute can't be set in SearchAttributes"],
    ['CInt', raw('"x"'), 'invalid value for search attribute CInt of type Int: x'],
    ['CInt', raw('5.5'), 'invalid value for search attribute CInt of type Int: 5.5'],
    ['CInt', raw('[1,2]'), 'invalid value for search attribute CInt of type Int: [1 2]'],
    ['CInt', raw('{}'), 'invalid value for search attribute CInt of type Int: map[]'],
    ['CInt', raw('9223372036854775808'), 'invalid value for search attribute CInt of type Int: 9.223372036854776e+18'],
    ['CBool', raw('"true"'), 'invalid value for search attribute CBool of type Bool: true'],
    ['CDatetime', raw('"2024-01-01"'), 'invalid value for search attribute CDatetime of type Datetime: 2024-01-01'],
    ['CKeyword', raw('5'), 'invalid value for search attribute CKeyword of type Keyword: 5'],
    ['CKeyword', raw('["a","b"]'), 'invalid value for search attribute CKeyword of type Keyword: [a b]'],
    ['CKeywordList', raw('"a"'), 'invalid value for search attribute CKeywordList of type KeywordList: a'],
    ['CKeywordList', raw('[1,2]'), 'invalid value for search attribute CKeywordList of type KeywordList: [1 2]'],
    ['CDouble', raw('"1"'), 'invalid value for search attribute CDouble of type Double: 1'],
    [
      'CKeyword',
      raw('not json'),
      'invalid value for search attribute CKeyword of type Keyword: value from <metadata:{key:"encoding" value:"json/plain"} data:"not json">',
    ],
    [
      'CKeyword',
      raw('"x"', 'binary/plain'),
      'invalid value for search attribute CKeyword of type Keyword: [34 120 34]',
    ],
    ['CKeyword', {}, 'invalid value for search attribute CKeyword of type Keyword: value from <>'],
    ['CKeyword', raw(`"${'x'.repeat(3000)}"`), 'search attribute CKeyword value size 3002 exceeds size limit 2048'],
  ])('%s: %j is refused in the words of the official server', (name, payload, message) => {
    expect(() => attributes.validate('id', fields(name, payload))).toThrow(message);
  });

  it.each([
    ['CInt', '[1]', 1n],
    ['CInt', '9223372036854775807', 9_223_372_036_854_775_807n],
    ['CDouble', '1', 1],
    ['CBool', '[true]', true],
    ['CDatetime', '"2024-01-01T05:30:00.000000001+05:30"', 1_704_067_200_000_000_001n],
    ['CKeywordList', '["a","B"]', ['a', 'B']],
    ['CText', '"Crème-brûlée, 2 pieces"', ['creme', 'brulee', '2', 'pieces']],
    ['CText', '"!!!"', ['']],
    ['TemporalSchedulePaused', 'true', true],
    ['BuildIds', '["a"]', ['a']],
  ])('%s: %s is indexed', (name, data, value) => {
    attributes.validate('id', fields(name, raw(data)));
    expect(attributes.indexedValues('id', fields(name, raw(data)))).toEqual(new Map([[name, value]]));
  });

  it('null and an empty list take an attribute away', () => {
    for (const payload of [raw('null'), raw('[]'), raw('', 'binary/null')]) {
      attributes.validate('id', fields('CKeyword', payload));
      expect(attributes.indexedValues('id', fields('CKeyword', payload)).size).toBe(0);
    }
  });

  it('more than a hundred, or more than 40 KiB together, are refused', () => {
    const many = Array.from({ length: 101 }, (_, index) => [`K${String(index)}`, raw('"x"')] as const);
    expect(() => attributes.validate('id', { indexedFields: Object.fromEntries(many) })).toThrow(
      'number of search attributes 101 exceeds limit 100',
    );
  });
});

it('attributes go back with the type that SDKs decode them by', () => {
  const { indexedFields } = withTypes(
    { indexedFields: { CInt: raw('5'), Gone: raw('"x"') } },
    attributes.typesOf('id'),
  );
  expect(Object.keys(indexedFields ?? {})).toEqual(['CInt']);
  expect(Buffer.from(indexedFields?.['CInt']?.metadata?.['type'] ?? []).toString()).toBe('Int');
});
