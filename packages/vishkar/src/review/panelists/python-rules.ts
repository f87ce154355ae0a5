/** Rules of safety for Python that ruff and bandit have in common (S105 is B105), and ruff's own of quality, in sentences of ours. */
import type { Angle, Severity } from '../../domain/finding.js';

export interface PythonRule {
  readonly angle: Angle;
  readonly severity: Severity;
  readonly category: string;
  readonly issue: string;
}

const rule = (angle: Angle, severity: Severity, category: string, issue: string): PythonRule => ({
  angle,
  severity,
  category,
  issue,
});

/** Sentences of ours: some of the tools' own quote the line, and a line may hold a secret. `high` only where it is hardly ever wrong. */
export const PYTHON_RULES: Readonly<Record<string, PythonRule>> = {
  S102: rule('security', 'high', 'code-injection', 'exec runs whatever the text says'),
  S307: rule('security', 'high', 'code-injection', 'eval runs whatever the text says'),
  S501: rule('security', 'high', 'unverified-certificate', 'certificate checks are switched off'),
  S506: rule('security', 'high', 'unsafe-deserialization', 'yaml.load makes objects of any kind from text'),
  S301: rule('security', 'medium', 'unsafe-deserialization', 'pickle runs code that the data names'),
  S602: rule('security', 'medium', 'command-injection', 'a shell runs the command'),
  S605: rule('security', 'medium', 'command-injection', 'a shell runs the command'),
  S608: rule('security', 'medium', 'sql-injection', 'a value is joined into the text of an SQL statement'),
  S324: rule('security', 'medium', 'weak-hash', 'this hash is broken'),
  S105: rule('security', 'medium', 'secret-in-source', 'what is named a password has its value in the source'),
  S106: rule('security', 'medium', 'secret-in-source', 'what is named a password has its value in the source'),
  S107: rule('security', 'medium', 'secret-in-source', 'what is named a password has its value in the source'),
  S113: rule('security', 'low', 'endless-wait', 'the request has no time-out'),
  F821: rule('quality', 'high', 'undefined-name', 'a name is used that nothing defines'),
  F811: rule('quality', 'medium', 'overwritten-definition', 'an unused definition is defined again'),
  F632: rule('quality', 'high', 'compares-identity', '`is` compares identity, not value'),
  B006: rule('quality', 'medium', 'shared-default', 'a mutable default is shared by all calls'),
  B023: rule('quality', 'medium', 'late-binding', 'the function sees the last value of the loop variable'),
  E722: rule('quality', 'medium', 'swallowed-error', 'a bare except catches everything, interrupts included'),
  S110: rule('quality', 'medium', 'swallowed-error', 'the error is passed over'),
  F401: rule('quality', 'low', 'unused-import', 'an import is not used'),
};
