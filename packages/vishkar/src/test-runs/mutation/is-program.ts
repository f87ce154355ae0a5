/** Whether a changed text is still a program of its language: what does not build would look like a noticed fault. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { outputOf } from '../runners/try-command.js';
import { codeFamily } from './mutants.js';

/** The file lies in the worktree with the changed text already. */
export async function isProgram(
  worktree: string,
  file: string,
  text: string,
  { python, scratch }: { readonly python: string; readonly scratch: string },
): Promise<boolean> {
  switch (codeFamily(file)) {
    case 'script':
      return await parsesAsScript(file, text);
    case 'python': {
      const copy = join(scratch, 'mutant.py');
      await writeFile(copy, text);
      return (
        (await outputOf([python, '-c', 'import ast, sys; ast.parse(open(sys.argv[1]).read())', copy], scratch)) !==
        undefined
      );
    }
    case 'go':
      return (await outputOf(['go', 'build', './...'], worktree)) !== undefined;
    case undefined:
      return false;
  }
}

async function parsesAsScript(file: string, text: string): Promise<boolean> {
  // Loaded only here: it is large, and few stories need it.
  const { default: typescript } = await import('typescript');
  const { diagnostics = [] } = typescript.transpileModule(text, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: { allowJs: true, target: typescript.ScriptTarget.ESNext, module: typescript.ModuleKind.ESNext },
  });
  return diagnostics.length === 0;
}
