/**
 * The one place where a plain number goes into an int64 field: the generated types ask for a Long there,
 * the codec takes numbers just as well and without the allocation.
 */
import type { temporal } from './root.js';

type Int64Field = NonNullable<temporal.api.workflowservice.v1.ICountWorkflowExecutionsResponse['count']>;

/** A safe integer as an int64 field's value. */
export const int64FromNumber = (value: number): Int64Field => value as unknown as Int64Field;

/** A message as it is built here: the static types ask for Long where the encoder is content with a number. */
export type Built<T> = T extends Int64Field
  ? Int64Field | number
  : T extends Uint8Array
    ? T
    : T extends readonly (infer Element)[]
      ? Built<Element>[]
      : T extends object
        ? { [Key in keyof T]: Built<T[Key]> }
        : T;
