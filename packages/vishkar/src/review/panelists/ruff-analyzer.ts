/** ruff, where it is installed, over changed Python files: rules of ours only, isolated from the project's configuration. */
import { z } from 'zod';
import type { Angle } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import { isAddedLine } from '../grounding.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { isHandWritten, isPython } from './code-file.js';
import { PYTHON_RULES } from './python-rules.js';
import type { PythonRule } from './python-rules.js';
import { reportedPath, runTool } from './tool-run.js';

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
    const codes = Object.keys(PYTHON_RULES).filter((code) => PYTHON_RULES[code]?.angle === this.angle);
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
      const known = PYTHON_RULES[code ?? ''];
      // What has no rule of ours is a file that could not be parsed.
      if (known === undefined) unread.add(path);
      else if (isAddedLine(material, path, location.row)) claims.push(claimOf(known, code ?? '', path, location.row));
    }
    const notes = [...unread].map((path) => `${path} was not read: its syntax is broken`);
    return { files: files.size - unread.size, claims, notes };
  }
}

function claimOf({ severity, category, issue }: PythonRule, code: string, file: string, line: number): Claim {
  const suggestion = `See https://docs.astral.sh/ruff/rules/ under ${code}.`;
  return { severity, category, issue, file, line, suggestion, source: `ruff/${code}` };
}
