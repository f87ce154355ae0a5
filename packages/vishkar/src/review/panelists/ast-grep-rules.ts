/**
 * Rules of our own for common faults in TypeScript, Python and Go, as ast-grep runs them. Each is about a form of code that is a fault nearly
 * every time; what needs types or taste is left to others. A rule that means the same as one of another tool has its category.
 */
import type { Angle, Severity } from '../../domain/finding.js';

type Language = 'TypeScript' | 'Python' | 'Go';

export interface AstGrepRule {
  readonly id: string;
  readonly language: Language;
  readonly angle: Angle;
  readonly severity: Severity;
  readonly category: string;
  readonly issue: string;
  readonly suggestion: string;
  /** The `rule` of ast-grep's own form, as JSON, which is YAML as well. */
  readonly rule: Readonly<Record<string, unknown>>;
}

const any = (...patterns: readonly string[]) => ({ any: patterns.map((pattern) => ({ pattern })) });
/** A call of Go: by itself a pattern with one argument is taken for a conversion of types. */
const goCall = (call: string) => ({ pattern: { context: `func _() { ${call} }`, selector: 'call_expression' } });
const SQL = '(?i)\\b(select\\s.+\\sfrom|insert\\s+into|update\\s.+\\sset|delete\\s+from)\\b';

export const AST_GREP_RULES: readonly AstGrepRule[] = [
  {
    id: 'ts-async-for-each',
    ...{ language: 'TypeScript', angle: 'quality', severity: 'medium', category: 'missing-await' },
    issue: 'forEach does not wait for an async function: errors are lost, and what follows runs first',
    suggestion: 'Use for...of with await, or await Promise.all over map.',
    rule: {
      all: [
        { pattern: '$LIST.forEach($F)' },
        {
          has: {
            kind: 'arguments',
            has: { any: [{ kind: 'arrow_function' }, { kind: 'function_expression' }], regex: '^async\\b' },
          },
        },
      ],
    },
  },
  {
    id: 'ts-async-promise-executor',
    ...{ language: 'TypeScript', angle: 'quality', severity: 'medium', category: 'swallowed-error' },
    issue: 'what an async executor of a promise throws is lost, and the promise never settles',
    suggestion: 'Make the function around it async, and await in there.',
    rule: {
      all: [
        { pattern: 'new Promise($F)' },
        {
          has: {
            kind: 'arguments',
            has: { any: [{ kind: 'arrow_function' }, { kind: 'function_expression' }], regex: '^async\\b' },
          },
        },
      ],
    },
  },
  {
    id: 'ts-loop-past-end',
    ...{ language: 'TypeScript', angle: 'quality', severity: 'high', category: 'off-by-one' },
    issue: 'the loop runs one step past the end of what it indexes',
    suggestion: 'Compare with <.',
    rule: {
      kind: 'for_statement',
      all: [
        {
          has: {
            field: 'condition',
            any: [{ pattern: '$I <= $LIST.length' }, { has: { pattern: '$I <= $LIST.length' } }],
          },
        },
        { has: { field: 'body', has: { pattern: '$LIST[$I]', stopBy: 'end' } } },
      ],
    },
  },
  {
    id: 'ts-copy-by-json',
    ...{ language: 'TypeScript', angle: 'quality', severity: 'low', category: 'lossy-copy' },
    issue: 'a copy by way of JSON loses dates, maps and undefined',
    suggestion: 'Use structuredClone.',
    rule: any('JSON.parse(JSON.stringify($VALUE))'),
  },
  {
    id: 'py-assert-tuple',
    ...{ language: 'Python', angle: 'quality', severity: 'high', category: 'wrong-condition' },
    issue: 'an assert of a tuple is always true',
    suggestion: 'Take the parentheses away.',
    rule: { kind: 'assert_statement', has: { kind: 'tuple', nthChild: 1 } },
  },
  {
    id: 'py-file-left-open',
    ...{ language: 'Python', angle: 'quality', severity: 'medium', category: 'resource-leak' },
    issue: 'the file that is opened here is not closed when something fails',
    suggestion: 'Open it in a with statement.',
    rule: {
      any: [{ pattern: '$FILE = open($$$)' }, { pattern: 'open($$$).read($$$)' }, { pattern: 'json.load(open($$$))' }],
    },
  },
  {
    id: 'py-loop-past-end',
    ...{ language: 'Python', angle: 'quality', severity: 'high', category: 'off-by-one' },
    issue: 'the loop runs one step past the end of what it indexes',
    suggestion: 'Count to len(...), or go over the items themselves.',
    rule: {
      kind: 'for_statement',
      all: [
        { has: { field: 'left', pattern: '$I' } },
        { has: { field: 'right', pattern: 'range(len($LIST) + 1)' } },
        { has: { field: 'body', has: { pattern: '$LIST[$I]', stopBy: 'end' } } },
      ],
    },
  },
  {
    id: 'py-changes-what-it-walks',
    ...{ language: 'Python', angle: 'quality', severity: 'medium', category: 'wrong-result' },
    issue: 'the loop removes from the list that it walks, and so skips items',
    suggestion: 'Walk a copy, or build the list that stays.',
    rule: {
      kind: 'for_statement',
      all: [
        { has: { field: 'right', pattern: '$LIST' } },
        { has: { field: 'body', has: { pattern: '$LIST.remove($$$)', stopBy: 'end' } } },
      ],
    },
  },
  {
    id: 'go-sql-by-sprintf',
    ...{ language: 'Go', angle: 'security', severity: 'medium', category: 'sql-injection' },
    issue: 'a value is joined into the text of an SQL statement',
    suggestion: 'Bind it: a placeholder in the statement, the value as an argument.',
    rule: {
      any: [
        { all: [{ pattern: 'fmt.Sprintf($TEXT, $$$)' }, { has: { kind: 'argument_list', has: { regex: SQL } } }] },
        {
          kind: 'binary_expression',
          all: [
            { has: { field: 'left', regex: SQL } },
            { has: { field: 'right', not: { kind: 'interpreted_string_literal' } } },
          ],
        },
      ],
    },
  },
  {
    id: 'go-shell',
    ...{ language: 'Go', angle: 'security', severity: 'medium', category: 'command-injection' },
    issue: 'a shell runs a command that is made of values',
    suggestion: 'Call the program with its arguments one by one.',
    rule: {
      any: [
        { pattern: 'exec.Command($SHELL, "-c", $COMMAND)' },
        { pattern: 'exec.CommandContext($CTX, $SHELL, "-c", $COMMAND)' },
      ],
      not: {
        has: {
          kind: 'argument_list',
          has: { kind: 'interpreted_string_literal', nthChild: { position: 1, reverse: true } },
        },
      },
    },
  },
  {
    id: 'go-unverified-certificate',
    ...{ language: 'Go', angle: 'security', severity: 'high', category: 'unverified-certificate' },
    issue: 'certificate checks are switched off',
    suggestion: 'Keep them on, and trust the certificate that is meant.',
    rule: { kind: 'keyed_element', regex: '^InsecureSkipVerify\\s*:\\s*true$' },
  },
  {
    id: 'go-weak-hash',
    ...{ language: 'Go', angle: 'security', severity: 'medium', category: 'weak-hash' },
    issue: 'this hash is broken',
    suggestion: 'Use sha256, or bcrypt for passwords.',
    rule: { any: ['md5.New()', 'md5.Sum($TEXT)', 'sha1.New()', 'sha1.Sum($TEXT)'].map(goCall) },
  },
  {
    id: 'go-defer-in-loop',
    ...{ language: 'Go', angle: 'quality', severity: 'medium', category: 'resource-leak' },
    issue: 'what is deferred in a loop runs at the end of the function, not of the turn',
    suggestion: 'Give the body of the loop a function of its own.',
    rule: { kind: 'defer_statement', inside: { kind: 'for_statement', stopBy: { kind: 'func_literal' } } },
  },
  {
    id: 'go-body-left-open',
    ...{ language: 'Go', angle: 'quality', severity: 'medium', category: 'resource-leak' },
    issue: 'the body of the response is never closed: its connection is lost',
    suggestion: 'defer Body.Close() once the error is checked.',
    rule: {
      any: [{ pattern: '$RESPONSE, $ERR := http.Get($$$)' }, { pattern: '$RESPONSE, $ERR := $CLIENT.Do($$$)' }],
      inside: {
        any: [{ kind: 'function_declaration' }, { kind: 'method_declaration' }, { kind: 'func_literal' }],
        stopBy: 'end',
        not: {
          any: [
            { has: { ...goCall('$RESPONSE.Body.Close()'), stopBy: 'end' } },
            { has: { kind: 'return_statement', stopBy: 'end', has: { pattern: '$RESPONSE', stopBy: 'end' } } },
          ],
        },
      },
    },
  },
  {
    id: 'go-loop-past-end',
    ...{ language: 'Go', angle: 'quality', severity: 'high', category: 'off-by-one' },
    issue: 'the loop runs one step past the end of what it indexes',
    suggestion: 'Compare with <.',
    rule: {
      kind: 'for_statement',
      all: [
        { has: { kind: 'for_clause', has: { field: 'condition', pattern: '$I <= len($LIST)' } } },
        { has: { field: 'body', has: { pattern: '$LIST[$I]', stopBy: 'end' } } },
      ],
    },
  },
  {
    id: 'go-add-in-goroutine',
    ...{ language: 'Go', angle: 'quality', severity: 'medium', category: 'race' },
    issue: 'the wait group is told in the goroutine: Wait may be through before it starts',
    suggestion: 'Call Add before the go statement.',
    rule: {
      kind: 'go_statement',
      all: [
        { has: { ...goCall('$GROUP.Add($N)'), stopBy: 'end' } },
        { has: { ...goCall('$GROUP.Done()'), stopBy: 'end' } },
      ],
    },
  },
];
