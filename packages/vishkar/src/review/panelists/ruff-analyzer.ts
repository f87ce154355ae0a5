/** ruff, where it is installed, over changed Python files: rules of ours only, isolated from the project's configuration. */
import { z } from 'zod';
import type { Angle, Severity } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import { isAddedLine } from '../grounding.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { isHandWritten, isPython } from './code-file.js';
import { reportedPath, runTool } from './tool-run.js';

interface RuffRule {
  readonly angle: Angle;
  readonly severity: Severity;
  readonly category: string;
  readonly issue: string;
}

const rule = (angle: Angle, severity: Severity, category: string, issue: string): RuffRule => ({
  angle,
  severity,
  category,
  issue,
});

/** Sentences of ours: some of ruff's own quote the line, and a line may hold a secret. `high` only where it is hardly ever wrong. */
const RULES: Readonly<Record<string, RuffRule>> = {
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

const reportSchema = z.array(
  z.object({
    code: z.string().nullable(),
    filename: z.string(),
    location: z.object({ row: z.number().int() }),
    message: z.string(),
  }),
);

export class RuffAnalyzer implements Analyzer {
  readonly name = 'ruff';
  readonly version = 'installed';
  readonly #environment: NodeJS.ProcessEnv;

  constructor(
    readonly angle: Angle,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    this.#environment = environment;
  }

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const files = new Map(
      material.files.flatMap(({ path, text }) =>
        text !== undefined && isPython(path) && (this.angle === 'security' || isHandWritten(path))
          ? [[path, text]]
          : [],
      ),
    );
    if (files.size === 0) return { files: 0, claims: [] };
    const codes = Object.keys(RULES).filter((code) => RULES[code]?.angle === this.angle);
    const report = await runTool({
      program: 'ruff',
      args: (folder, path) => [
        ...['check', '--isolated', '--no-cache', '--ignore-noqa', '--quiet', '--exit-zero', '--select', codes.join()],
        // By itself it leaves out `venv`, `.eggs` and others, and counts them as clean: a change could hide there.
        ...['--config', 'exclude=[]', '--output-format', 'json', '--output-file', path, folder],
      ],
      files,
      acceptedExitCodes: [0],
      environment: this.#environment,
      signal,
    });
    const claims: Claim[] = [];
    const unread = new Set<string>();
    for (const { code, filename, location } of reportSchema.parse(JSON.parse(report))) {
      const path = reportedPath(files.keys(), filename);
      if (path === undefined) continue;
      const known = RULES[code ?? ''];
      // What has no rule of ours is a file that could not be parsed.
      if (known === undefined) unread.add(path);
      else if (isAddedLine(material, path, location.row)) claims.push(claimOf(known, code ?? '', path, location.row));
    }
    const notes = [...unread].map((path) => `${path} was not read: its syntax is broken`);
    return { files: files.size - unread.size, claims, notes };
  }
}

function claimOf({ severity, category, issue }: RuffRule, code: string, file: string, line: number): Claim {
  const suggestion = `See https://docs.astral.sh/ruff/rules/ under ${code}.`;
  return { severity, category, issue, file, line, suggestion, source: `ruff/${code}` };
}
