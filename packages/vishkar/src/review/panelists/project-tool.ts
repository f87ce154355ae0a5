/** A tool that is a project's own choice: used where its package.json names it, as a dependency or with settings, at the base of the change. */
import { z } from 'zod';
import { AnalyzerUnavailableError } from '../analyzer-panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { findTool } from './tool-run.js';

const manifestSchema = z.looseObject({
  dependencies: z.record(z.string(), z.unknown()).default({}),
  devDependencies: z.record(z.string(), z.unknown()).default({}),
});

/** Its program, or undefined where the project does not use it. Throws AnalyzerUnavailableError where it does, and it is not installed. */
export async function projectTool(
  name: string,
  material: ReviewMaterial,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const manifest = manifestSchema.safeParse(parseJson((await material.readAtBase('package.json')) ?? ''));
  const isUsed =
    manifest.success &&
    [manifest.data, manifest.data.dependencies, manifest.data.devDependencies].some((each) =>
      Object.hasOwn(each, name),
    );
  if (!isUsed) return undefined;
  const program = findTool(name, environment, material.worktree);
  if (program === undefined) throw new AnalyzerUnavailableError(`${name} is not installed here`);
  return program;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
