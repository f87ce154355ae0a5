/**
 * The names of search attribute types, as people write them in flags and options.
 */

/** `temporal.api.enums.v1.IndexedValueType` by the name that the official CLI takes. */
export const SEARCH_ATTRIBUTE_TYPES = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
} as const;

export type SearchAttributeTypeName = keyof typeof SEARCH_ATTRIBUTE_TYPES;

const BY_LOWER_CASE = new Map(Object.entries(SEARCH_ATTRIBUTE_TYPES).map(([name, type]) => [name.toLowerCase(), type]));

/** The type of that name in any case; undefined when there is none. */
export const searchAttributeTypeFromName = (name: string): number | undefined => BY_LOWER_CASE.get(name.toLowerCase());
