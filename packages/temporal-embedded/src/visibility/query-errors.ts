/**
 * Why a list filter is refused, in the words of the official service: clients show them, and tests match on them.
 */
import { InvalidArgumentError } from '../errors.js';

/** It does not parse. */
export const malformedQuery = (reason: string): InvalidArgumentError => invalidQuery(`malformed SQL query: ${reason}`);

/** It parses, and asks for what lists do not offer. */
export const unsupportedQuery = (what: string): InvalidArgumentError =>
  invalidQuery(`operation is not supported: ${what}`);

/** It makes no sense for the attributes that it names. */
export const invalidExpression = (what: string): InvalidArgumentError => invalidQuery(`invalid expression: ${what}`);

export const invalidQuery = (reason: string): InvalidArgumentError =>
  new InvalidArgumentError(`invalid query: ${reason}`);
