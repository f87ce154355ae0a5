/** What a name in a list filter stands for: its type, and where its values are kept. */
import { SEARCH_ATTRIBUTE_TYPES } from '../namespaces/search-attribute-type.js';
import type { StoredAs, VisibilityField } from '../persistence/visibility-filter.js';
import { invalidExpression } from './query-errors.js';
import { goTypeName } from './query-expression.js';
import type { QueryExpression } from './query-expression.js';
import { findSystemColumn, NAMESPACE_DIVISION } from './system-columns.js';

/** Finds the `temporal.api.enums.v1.IndexedValueType` of a name; undefined when there is no such attribute. */
export type FindAttributeType = (name: string) => number | undefined;

export interface NamedAttribute {
  readonly name: string;
  readonly type: number;
  readonly field: VisibilityField;
  /** The column counts milliseconds, the filter nanoseconds. */
  readonly isInMilliseconds: boolean;
  /** Stands in front of every text that the attribute is compared with. */
  readonly valuePrefix: string;
}

/** What schedules put in front of their id to name their workflow. */
const SCHEDULE_WORKFLOW_PREFIX = 'temporal-sys-scheduler:';

const { Keyword, Int, Double, Bool, Datetime } = SEARCH_ATTRIBUTE_TYPES;
const STORED_AS: ReadonlyMap<number, StoredAs> = new Map([
  [Int, 'int'],
  [Bool, 'int'],
  [Datetime, 'int'],
  [Double, 'real'],
]);

/** Throws `InvalidArgumentError` when the expression is not a name, or not one of an attribute. */
export function requireAttribute(expression: QueryExpression, findType: FindAttributeType): NamedAttribute {
  if (expression.type !== 'column') {
    throw invalidExpression(`must be a column name but was ${goTypeName(expression)}`);
  }
  const { name } = expression;
  const type = findType(name);
  if (type !== undefined) return namedAttribute(name, type);
  // Not an attribute of its own: it stands for the id of the schedule's workflow, unless somebody adds one of that name.
  if (name === 'ScheduleId') {
    return { ...namedAttribute('WorkflowId', Keyword), name, valuePrefix: SCHEDULE_WORKFLOW_PREFIX };
  }
  throw invalidExpression(`column name '${name}' is not a valid search attribute`);
}

function namedAttribute(name: string, type: number): NamedAttribute {
  const system = findSystemColumn(name);
  return {
    name,
    type,
    field: system
      ? { kind: 'column', column: system.column }
      : name === NAMESPACE_DIVISION
        ? { kind: 'column', column: 'namespaceDivision' }
        : { kind: 'attribute', name, storedAs: STORED_AS.get(type) ?? 'text' },
    isInMilliseconds: system?.unit === 'ms',
    valuePrefix: '',
  };
}
