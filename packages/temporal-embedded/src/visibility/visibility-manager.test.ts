import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTE_TYPES } from '../namespaces/search-attribute-type.js';
import { openStore } from '../persistence/open-store.js';
import type { SqliteStore } from '../persistence/sqlite-store.js';
import type { SearchAttributeValue, VisibilityRecord } from '../persistence/store.js';
import { SearchAttributes } from './search-attributes.js';
import { textWords } from './text-words.js';
import { VisibilityManager } from './visibility-manager.js';

/** What a filter may look at in these tests; absent attributes are undefined. */
interface Run {
  readonly status: number;
  readonly startTimeMs: number;
  readonly closeTimeMs: number | undefined;
  readonly keyword: string | undefined;
  readonly int: bigint | undefined;
  readonly bool: boolean | undefined;
  readonly list: readonly string[] | undefined;
  readonly text: string | undefined;
}

/** A filter as text, and what it says of a run by SQL's three-valued logic (undefined: unknown). */
interface Filter {
  readonly text: string;
  readonly holds: (run: Run) => boolean | undefined;
}

const T0 = Date.UTC(2024, 0, 1);
const words = fc.constantFrom<string[]>('a', 'ab', 'B', 'a_', '%', "o'x", 'é');
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const run: fc.Arbitrary<Run> = fc.record({
  status: fc.integer({ min: 1, max: 7 }),
  startTimeMs: fc.integer({ min: T0, max: T0 + 5 }),
  closeTimeMs: optional(fc.integer({ min: T0 + 5, max: T0 + 9 })),
  keyword: optional(words),
  int: optional(fc.bigInt({ min: -3n, max: 3n })),
  bool: optional(fc.boolean()),
  list: optional(fc.uniqueArray(words, { minLength: 1, maxLength: 3 })),
  text: optional(
    fc.array(fc.constantFrom('red', 'Fox', 'fóx', '-', '!'), { maxLength: 4 }).map((parts) => parts.join(' ')),
  ),
});

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
const known = <T>(value: T | undefined, test: (value: T) => boolean) => (value === undefined ? undefined : test(value));

const OPERATORS = {
  '=': (left: bigint, right: bigint) => left === right,
  '!=': (left: bigint, right: bigint) => left !== right,
  '<': (left: bigint, right: bigint) => left < right,
  '<=': (left: bigint, right: bigint) => left <= right,
  '>': (left: bigint, right: bigint) => left > right,
  '>=': (left: bigint, right: bigint) => left >= right,
} as const;
const operator = fc.constantFrom(...(Object.keys(OPERATORS) as (keyof typeof OPERATORS)[]));
const small = fc.bigInt({ min: -3n, max: 3n });
/** Around the times of the runs, also between two milliseconds. */
const nanoseconds = fc.bigInt({ min: -2_000_000n, max: 11_000_000n }).map((offset) => {
  const rounded = offset % 3n === 0n ? (offset / 1_000_000n) * 1_000_000n : offset;
  return BigInt(T0) * 1_000_000n + rounded;
});
const OPEN = 2n ** 63n - 1n;
const closeNanos = (each: Run) => (each.closeTimeMs === undefined ? OPEN : BigInt(each.closeTimeMs) * 1_000_000n);

const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.tuple(operator, small).map(([op, value]) => ({
    text: `CInt ${op} ${String(value)}`,
    holds: (each: Run) => known(each.int, (int) => OPERATORS[op](int, value)),
  })),
  fc.tuple(small, small, fc.boolean()).map(([from, to, isNegated]) => ({
    text: `CInt ${isNegated ? 'NOT ' : ''}BETWEEN ${String(from)} AND ${String(to)}`,
    holds: (each: Run) => known(each.int, (int) => (int >= from && int <= to) !== isNegated),
  })),
  fc.tuple(operator, nanoseconds).map(([op, value]) => ({
    text: `StartTime ${op} ${String(value)}`,
    holds: (each: Run) => OPERATORS[op](BigInt(each.startTimeMs) * 1_000_000n, value),
  })),
  fc.tuple(operator, nanoseconds).map(([op, value]) => ({
    text: `CloseTime ${op} ${String(value)}`,
    holds: (each: Run) => OPERATORS[op](closeNanos(each), value),
  })),
  fc.tuple(fc.array(nanoseconds, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([values, isNegated]) => ({
    text: `StartTime ${isNegated ? 'NOT ' : ''}IN (${values.join(', ')})`,
    holds: (each: Run) => values.includes(BigInt(each.startTimeMs) * 1_000_000n) !== isNegated,
  })),
  fc.tuple(fc.array(words, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([values, isNegated]) => ({
    text: `CKeyword ${isNegated ? 'NOT ' : ''}IN (${values.map(quote).join(', ')})`,
    holds: (each: Run) => known(each.keyword, (keyword) => values.includes(keyword) !== isNegated),
  })),
  fc.tuple(words, fc.boolean()).map(([value, isNegated]) => ({
    text: `CKeyword ${isNegated ? 'NOT ' : ''}STARTS_WITH ${quote(value)}`,
    holds: (each: Run) => known(each.keyword, (keyword) => keyword.startsWith(value) !== isNegated),
  })),
  fc.tuple(fc.array(words, { minLength: 1, maxLength: 2 }), fc.boolean()).map(([values, isNegated]) => ({
    text: `CKeywordList ${isNegated ? 'NOT ' : ''}IN (${values.map(quote).join(', ')})`,
    holds: (each: Run) => values.some((value) => each.list?.includes(value)) !== isNegated,
  })),
  fc.tuple(fc.constantFrom('fox', 'red', 'RED fox', 'red-fox'), fc.boolean()).map(([value, isNegated]) => ({
    text: `CText ${isNegated ? '!=' : '='} ${quote(value)}`,
    holds: (each: Run) => value.split(' ').some((token) => hasPhrase(each.text ?? '', token)) !== isNegated,
  })),
  fc.tuple(fc.constantFrom('keyword', 'int', 'bool', 'list', 'text'), fc.boolean()).map(([name, isNegated]) => ({
    text: `${ATTRIBUTE_OF[name]} IS ${isNegated ? 'NOT ' : ''}NULL`,
    holds: (each: Run) => (each[name] === undefined) !== isNegated,
  })),
  fc.boolean().map((value) => ({
    text: `CBool = ${String(value)}`,
    holds: (each: Run) => known(each.bool, (bool) => bool === value),
  })),
  fc.integer({ min: 1, max: 7 }).map((value) => ({
    text: `ExecutionStatus = ${String(value)}`,
    holds: (each: Run) => each.status === value,
  })),
);

const ATTRIBUTE_OF = {
  keyword: 'CKeyword',
  int: 'CInt',
  bool: 'CBool',
  list: 'CKeywordList',
  text: 'CText',
} as const;

function hasPhrase(text: string, phrase: string): boolean {
  return ` ${textWords(text).join(' ')} `.includes(` ${textWords(phrase).join(' ')} `);
}

const filter = fc.letrec<{ any: Filter }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie('any').map(({ text, holds }) => ({
      text: `NOT (${text})`,
      holds: (each: Run) => known(holds(each), (value) => !value),
    })),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => ({
      text: `(${left.text}) AND (${right.text})`,
      holds: (each: Run) => both(left.holds(each), right.holds(each)),
    })),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => ({
      text: `(${left.text}) OR (${right.text})`,
      holds: (each: Run) => {
        const neither = both(negated(left.holds(each)), negated(right.holds(each)));
        return negated(neither);
      },
    })),
  ),
})).any;

const negated = (value: boolean | undefined) => known(value, (known) => !known);

function both(left: boolean | undefined, right: boolean | undefined): boolean | undefined {
  if (left === false || right === false) return false;
  return left === undefined || right === undefined ? undefined : true;
}

function record(each: Run, runKey: number): VisibilityRecord {
  const values: [string, SearchAttributeValue | undefined][] = [
    ['CKeyword', each.keyword],
    ['CInt', each.int],
    ['CBool', each.bool],
    ['CKeywordList', each.list],
    ['CText', each.text === undefined ? undefined : [...textWords(each.text), '']],
  ];
  return {
    runKey,
    namespaceId: 'id',
    workflowId: String(runKey),
    runId: `run-${String(runKey)}`,
    workflowType: 't',
    taskQueue: 'q',
    status: each.status,
    startTimeMs: each.startTimeMs,
    executionTimeMs: each.startTimeMs,
    rootWorkflowId: String(runKey),
    rootRunId: `run-${String(runKey)}`,
    indexedValues: new Map(values.filter((entry): entry is [string, SearchAttributeValue] => entry[1] !== undefined)),
    ...(each.closeTimeMs === undefined ? {} : { closeTimeMs: each.closeTimeMs }),
  };
}

/** The order of a list: latest close time first, open runs before all; then latest start, then the newest. */
function byTime(left: readonly [Run, number], right: readonly [Run, number]): number {
  const close = (right[0].closeTimeMs ?? Infinity) - (left[0].closeTimeMs ?? Infinity);
  // Infinity - Infinity: both are open.
  return (Number.isNaN(close) ? 0 : close) || right[0].startTimeMs - left[0].startTimeMs || right[1] - left[1];
}

describe('lists', () => {
  let store: SqliteStore;
  let visibility: VisibilityManager;
  beforeAll(() => {
    store = openStore();
    for (const [name, type] of Object.entries(SEARCH_ATTRIBUTE_TYPES)) {
      store.stage({ type: 'putSearchAttribute', record: { namespaceId: 'id', name: `C${name}`, type } });
    }
    visibility = new VisibilityManager(store, new SearchAttributes(store, () => 'default'));
  });
  afterAll(() => store.close());

  async function fill(runs: readonly Run[]): Promise<void> {
    for (let key = 1; key <= 30; key += 1) store.stage({ type: 'deleteExecution', runKey: key });
    // Deletes and puts of one group are not in order with each other, see StagedWrites.
    await store.committed();
    runs.forEach((each, index) => store.stage({ type: 'putVisibility', record: record(each, index + 1) }));
  }

  async function listAll(query: string, pageSize: number): Promise<string[]> {
    const found: string[] = [];
    let token: Uint8Array = new Uint8Array(0);
    do {
      const page = await visibility.list('id', query, pageSize, token);
      found.push(...page.executions.map((info) => info.execution?.workflowId ?? ''));
      token = page.nextPageToken;
    } while (token.length > 0);
    return found;
  }

  it('find what a filter says, in order, whatever the page size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(run, { maxLength: 30 }),
        fc.array(filter, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 7 }),
        async (runs, filters, pageSize) => {
          await fill(runs);
          for (const { text, holds } of filters) {
            const expected = runs
              .map((each, index) => [each, index + 1] as const)
              .filter(([each]) => holds(each) === true)
              .sort(byTime)
              .map(([, key]) => String(key));
            expect([text, await listAll(text, pageSize)]).toEqual([text, expected]);
            expect((await visibility.count('id', text)).count).toBe(expected.length);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('leave out runs of the service unless the filter names their division', async () => {
    await fill([]);
    const plain = record({ status: 1, startTimeMs: T0 } as Run, 1);
    const schedule = record({ status: 1, startTimeMs: T0 } as Run, 2);
    const division = new Map([['TemporalNamespaceDivision', 'TemporalScheduler']]);
    store.stage({ type: 'putVisibility', record: plain });
    store.stage({ type: 'putVisibility', record: { ...schedule, indexedValues: division } });
    expect(await listAll('', 10)).toEqual(['1']);
    expect(await listAll("TemporalNamespaceDivision = 'TemporalScheduler'", 10)).toEqual(['2']);
    expect((await visibility.count('id', '')).count).toBe(1);
  });

  it('answer after the commit of what they show', async () => {
    const events = { runKey: 99, firstEventId: 1, lastEventId: 1, bytes: new Uint8Array(1) };
    store.stage({ type: 'appendEvents', batch: events });
    await store.committed();
    store.stage({ type: 'putVisibility', record: record({ status: 1, startTimeMs: T0 } as Run, 7) });
    store.stage({ type: 'appendEvents', batch: events });
    await expect(visibility.list('id', '', 10, new Uint8Array(0))).rejects.toThrow(/UNIQUE|constraint/i);
    expect(await listAll('WorkflowId = "7"', 10)).toEqual([]);
  });
});
