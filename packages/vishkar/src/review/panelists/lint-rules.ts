/**
 * The lint rules that reviews apply, with the severity that we give them and why. A rule is `high` only when what it finds
 * is a fault nearly every time; rules that are often wrong are not here or are `low`. Rules of the same fault share a category.
 */
import type { Angle, Severity } from '../../domain/finding.js';

export interface LintRule {
  readonly id: string;
  readonly angle: Angle;
  readonly severity: Severity;
  readonly category: string;
  readonly suggestion: string;
  /** Instead of the rule's own message, where that one could quote a secret. */
  readonly issue?: string;
  readonly options?: readonly unknown[];
  /** A comment within the construct is the reason that the rule asks for. */
  readonly acceptsReason?: true;
}

const rule = (
  id: string,
  angle: Angle,
  severity: Severity,
  category: string,
  suggestion: string,
  ...options: unknown[]
): LintRule => ({
  id,
  angle,
  severity,
  category,
  suggestion,
  ...(options.length === 0 ? {} : { options }),
});

const PARSE_INSTEAD = 'Parse the text and act on what was parsed; never hand it to the engine as code.';
const BIND_INSTEAD = 'Bind parameters instead of joining text.';
const ARGV_INSTEAD = 'Pass a fixed program and an argument list, without a shell.';

/** Text that begins as SQL and takes a value in: where the value comes from, a linter can't know. */
const JOINED_SQL = ['query', 'execute', 'raw', 'prepare', 'all', 'run'].flatMap((method) => {
  const call = `CallExpression[callee.property.name="${method}"]`;
  const sql = '/^\\s*(select\\s|insert\\s+into|update\\s|delete\\s+from)/i';
  return [
    `${call} > TemplateLiteral.arguments[expressions.length>0][quasis.0.value.raw=${sql}]`,
    `${call} > BinaryExpression.arguments[operator="+"][left.value=${sql}]`,
  ];
});

export const LINT_RULES: readonly LintRule[] = [
  // Code from data: an attacker's text runs with our rights.
  {
    id: 'security/detect-eval-with-expression',
    angle: 'security',
    severity: 'high',
    category: 'code-injection',
    issue: 'eval runs whatever the text says, with the rights of this program',
    suggestion: PARSE_INSTEAD,
  },
  {
    id: 'sonarjs/code-eval',
    angle: 'security',
    severity: 'high',
    category: 'code-injection',
    issue: 'text is run as code',
    suggestion: PARSE_INSTEAD,
  },
  rule('no-implied-eval', 'security', 'high', 'code-injection', 'Pass a function instead of text.'),
  rule('no-script-url', 'security', 'medium', 'code-injection', 'Attach a handler instead.'),
  rule('security/detect-child-process', 'security', 'high', 'command-injection', ARGV_INSTEAD),
  {
    id: 'sonarjs/os-command',
    angle: 'security',
    severity: 'high',
    category: 'command-injection',
    issue: 'a shell runs a command that is put together from values',
    suggestion: ARGV_INSTEAD,
  },
  rule('sonarjs/sql-queries', 'security', 'high', 'sql-injection', BIND_INSTEAD),
  {
    id: 'no-restricted-syntax',
    angle: 'security',
    severity: 'medium',
    category: 'sql-injection',
    issue: 'a value is joined into the text of an SQL statement',
    suggestion: BIND_INSTEAD,
    options: JOINED_SQL.map((selector) => ({ selector, message: 'joined SQL' })),
  },
  // Checks that somebody relies on, switched off.
  rule('security/detect-disable-mustache-escape', 'security', 'high', 'unescaped-output', 'Keep escaping on.'),
  rule('sonarjs/disabled-auto-escaping', 'security', 'high', 'unescaped-output', 'Keep escaping on.'),
  rule('sonarjs/unverified-certificate', 'security', 'high', 'unverified-certificate', 'Keep certificate checks on.'),
  rule('sonarjs/unverified-hostname', 'security', 'high', 'unverified-certificate', 'Keep host name checks on.'),
  rule('sonarjs/weak-ssl', 'security', 'high', 'weak-tls', 'Use the default TLS versions.'),
  rule(
    'sonarjs/insecure-jwt-token',
    'security',
    'high',
    'unverified-token',
    'Name the algorithm and verify the token.',
  ),
  rule('sonarjs/no-weak-cipher', 'security', 'high', 'weak-cipher', 'Use aes-256-gcm.'),
  rule('sonarjs/encryption-secure-mode', 'security', 'high', 'weak-cipher', 'Use aes-256-gcm.'),
  rule(
    'security/detect-bidi-characters',
    'security',
    'high',
    'hidden-characters',
    'Remove them: the code reads otherwise than it runs.',
  ),
  // Real, but it depends on where the value comes from or what it is for.
  {
    // By name only, so that a label called `password` looks the same; secretlint knows the forms of real ones.
    id: 'sonarjs/no-hardcoded-passwords',
    angle: 'security',
    severity: 'medium',
    category: 'secret-in-source',
    issue: 'what is named a password has its value in the source',
    suggestion: 'Read it from the environment.',
  },
  rule('sonarjs/slow-regex', 'security', 'medium', 'slow-regex', 'Avoid repetitions that overlap.'),
  rule(
    'security/detect-non-literal-regexp',
    'security',
    'low',
    'dynamic-regex',
    'Escape what becomes part of a pattern.',
  ),
  rule('security/detect-pseudoRandomBytes', 'security', 'medium', 'weak-random', 'Use crypto.randomBytes.'),
  rule(
    'sonarjs/pseudo-random',
    'security',
    'low',
    'weak-random',
    'For anything that must not be guessed, use node:crypto.',
  ),
  rule('sonarjs/hashing', 'security', 'medium', 'weak-hash', 'Use SHA-256 or better.'),
  rule(
    'sonarjs/no-unsafe-unzip',
    'security',
    'medium',
    'unsafe-unpacking',
    'Check names and sizes of what is unpacked.',
  ),
  rule(
    'sonarjs/file-permissions',
    'security',
    'medium',
    'open-permissions',
    'Give others no rights that they do not need.',
  ),
  rule(
    'sonarjs/publicly-writable-directories',
    'security',
    'low',
    'shared-folder',
    'Make a folder of its own (mkdtemp).',
  ),
  rule(
    'security/detect-non-literal-fs-filename',
    'security',
    'low',
    'path-from-data',
    'Check that the path stays in its folder.',
  ),
  // Faults that run silently wrong.
  rule('no-unreachable', 'quality', 'medium', 'unreachable-code', 'Remove it, or the return before it.'),
  rule('no-dupe-keys', 'quality', 'high', 'duplicate-key', 'Keep one of them.'),
  rule('no-self-compare', 'quality', 'medium', 'self-compare', 'Compare with what was meant.'),
  rule('use-isnan', 'quality', 'high', 'compares-with-nan', 'Use Number.isNaN.'),
  rule('valid-typeof', 'quality', 'high', 'impossible-typeof', 'Compare with a type name.'),
  rule('no-unsafe-finally', 'quality', 'high', 'finally-hides-error', 'Leave finally without return or throw.'),
  rule('no-empty', 'quality', 'medium', 'swallowed-error', 'Handle the error, or say why not.', {
    allowEmptyCatch: false,
  }),
  rule('no-cond-assign', 'quality', 'medium', 'assignment-in-condition', 'Compare, or assign before.'),
  rule('no-fallthrough', 'quality', 'medium', 'case-fallthrough', 'End the case.'),
  rule('complexity', 'quality', 'medium', 'complex-function', 'Split it by concept.', 20),
  rule('max-depth', 'quality', 'low', 'deep-nesting', 'Return early.', 5),
  rule('sonarjs/no-all-duplicated-branches', 'quality', 'medium', 'same-branches', 'Keep one branch.'),
  rule('sonarjs/no-identical-conditions', 'quality', 'high', 'same-condition-twice', 'Mend the second condition.'),
  rule('sonarjs/no-identical-expressions', 'quality', 'high', 'same-operands', 'Mend one side.'),
  rule('sonarjs/no-element-overwrite', 'quality', 'medium', 'overwritten-element', 'Keep one of the writes.'),
  rule('sonarjs/no-use-of-empty-return-value', 'quality', 'medium', 'uses-nothing', 'The function returns nothing.'),
  {
    id: 'no-restricted-syntax',
    angle: 'quality',
    severity: 'medium',
    category: 'swallowed-error',
    issue: 'the failure of this promise is thrown away',
    acceptsReason: true,
    suggestion: 'Handle the error, or say why not.',
    options: [
      {
        selector:
          'CallExpression[callee.property.name="catch"] > ArrowFunctionExpression[body.type="BlockStatement"][body.body.length=0]',
        message: 'empty catch',
      },
    ],
  },
  rule('sonarjs/cognitive-complexity', 'quality', 'medium', 'complex-function', 'Split it by concept.', 25),
  rule('sonarjs/no-identical-functions', 'quality', 'low', 'duplicate-function', 'Call the first one.'),
  // How the language and the platform want to be used.
  rule('no-var', 'techstack', 'low', 'outdated-syntax', 'Use const or let.'),
  rule('no-with', 'techstack', 'medium', 'outdated-syntax', 'Name the object.'),
  rule('no-new-wrappers', 'techstack', 'medium', 'outdated-syntax', 'Use the literal.'),
  rule('max-params', 'architecture', 'low', 'many-parameters', 'Pass one object.', 7),
];
