/**
 * What a list filter asks of the store, with names, types and units already resolved: the boundary between the filter
 * language (visibility/) and SQL (visibility-filter-sql). Values travel as values, never as text inside a statement.
 *
 * Rule: a filter selects a run or it does not; "unknown" (a comparison with a value that is absent) selects nothing.
 * There is no `not`: whoever builds a filter negates its leaves, which gives what SQL's three-valued logic gives.
 */

/** What every run has in a column of its own. `closeTime` of an open run is later than any other in comparisons. */
export type VisibilityColumn =
  | 'workflowId'
  | 'runId'
  | 'workflowType'
  | 'taskQueue'
  | 'status'
  | 'startTimeMs'
  | 'executionTimeMs'
  | 'closeTimeMs'
  | 'executionDurationMs'
  | 'historyLength'
  | 'historySizeBytes'
  | 'stateTransitionCount'
  | 'parentWorkflowId'
  | 'parentRunId'
  | 'rootWorkflowId'
  | 'rootRunId'
  | 'namespaceDivision';

/** Integers, booleans and datetimes are `int`, doubles `real`; lists and words of a text are several `text` values. */
export type StoredAs = 'text' | 'int' | 'real';

export type VisibilityField =
  | { readonly kind: 'column'; readonly column: VisibilityColumn }
  | { readonly kind: 'attribute'; readonly name: string; readonly storedAs: StoredAs };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type FilterValue = string | number | bigint;

export type VisibilityFilter =
  | { readonly type: 'and' | 'or'; readonly operands: readonly VisibilityFilter[] }
  | { readonly type: 'constant'; readonly value: boolean }
  | {
      readonly type: 'compare';
      readonly field: VisibilityField;
      readonly comparison: Comparison;
      readonly value: FilterValue;
    }
  | {
      readonly type: 'oneOf' | 'noneOf';
      readonly field: VisibilityField;
      readonly values: readonly FilterValue[];
    }
  | {
      readonly type: 'between' | 'outside';
      readonly field: VisibilityField;
      readonly from: FilterValue;
      readonly to: FilterValue;
    }
  | { readonly type: 'startsWith' | 'startsNotWith'; readonly field: VisibilityField; readonly prefix: string }
  /** One of the phrases occurs in a list or text: its words at consecutive positions. Absent attributes have none. */
  | { readonly type: 'hasAny' | 'hasNone'; readonly name: string; readonly phrases: readonly (readonly string[])[] }
  | { readonly type: 'present' | 'absent'; readonly field: VisibilityField };
