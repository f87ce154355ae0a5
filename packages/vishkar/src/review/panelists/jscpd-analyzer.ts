/**
 * jscpd, where the project has it installed: blocks that the change copies, compared token by token, so that spaces and line breaks
 * hide nothing. Beside our own search for copied lines, which needs nothing installed.
 */
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Angle } from '../../domain/finding.js';
import { isTestFile } from '../../test-runs/test-file.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import { isAddedLine } from '../grounding.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { isHandWritten, isSource } from './code-file.js';
import { projectTool } from './project-tool.js';
import { runTool } from './tool-run.js';

const sideSchema = z.object({ name: z.string(), start: z.number().int(), end: z.number().int() });
const reportSchema = z.object({
  duplicates: z.array(z.object({ firstFile: sideSchema, secondFile: sideSchema, lines: z.number().int() })),
});
type Side = z.output<typeof sideSchema>;

/** Shorter ones are idiom. */
const MINIMUM_LINES = 8;

export class JscpdAnalyzer implements Analyzer {
  readonly name = 'jscpd';
  readonly version = 'installed';
  readonly angle: Angle = 'quality';
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#environment = environment;
  }

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const isRead = (path: string) => isSource(path) && isHandWritten(path) && !isTestFile(path);
    const read = material.files.filter(({ path, diff }) => isRead(path) && diff.additions >= MINIMUM_LINES);
    if (read.length === 0) return { files: 0, claims: [] };
    const program = await projectTool('jscpd', material, this.#environment);
    if (program === undefined) return { files: 0, claims: [], notes: ['the project does not use it'] };
    const paths = (await material.paths()).filter(isRead);
    const report = await runTool({
      program,
      // It writes a folder; the report is the one of that name in it.
      args: (folder, path) => [
        ...['--reporters', 'json', '--output', dirname(path), '--silent', '--min-lines'],
        ...[String(MINIMUM_LINES), folder],
      ],
      reportName: 'jscpd-report.json',
      files: await material.readAll(paths),
      acceptedExitCodes: [0],
      environment: this.#environment,
      signal,
    });
    const { duplicates } = reportSchema.parse(JSON.parse(report));
    const claims = duplicates.flatMap(({ firstFile, secondFile, lines }): readonly Claim[] => {
      const sides = [sideOf(firstFile, paths), sideOf(secondFile, paths)];
      // Of two copies that the change brings in, the later one is named.
      const copy = sides.reverse().find((side) => side !== undefined && isWhollyAdded(side, material));
      const original = sides.find((side) => side !== copy);
      if (copy === undefined || original === undefined) return [];
      const issue = `${String(lines)} lines stand in ${original.name} from line ${String(original.start)} already`;
      return [
        {
          ...{ severity: 'medium', category: 'duplicated-block', issue, file: copy.name, line: copy.start },
          suggestion: 'Give what both do a name of its own, and call it from both places.',
          source: 'jscpd/block',
        },
      ];
    });
    return { files: read.length, claims };
  }
}

function sideOf(side: Side, paths: readonly string[]): Side | undefined {
  const name = paths.find((path) => side.name === path || side.name.endsWith(`/files/${path}`));
  return name === undefined ? undefined : { ...side, name };
}

function isWhollyAdded({ name, start, end }: Side, material: ReviewMaterial): boolean {
  return Array.from({ length: end - start + 1 }, (_, at) => start + at).every((line) =>
    isAddedLine(material, name, line),
  );
}
