/**
 * Lets a child process of a test run TypeScript sources as they are (`node --import <this file> child.ts`), so that a
 * crash test kills the code under test and not an older build of it. With TYPESCRIPT_CACHE set to a folder, only the
 * first child has to compile.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

// Hooks run on a thread of their own, which loads this file a second time.
if (isMainThread) register(import.meta.url);

/** Sources import each other by the name that they have once compiled. */
export async function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL !== undefined) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) return { url: source.href, shortCircuit: true };
  }
  return await next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return await next(url, context);
  const source = readFileSync(fileURLToPath(url), 'utf8');
  const folder = process.env['TYPESCRIPT_CACHE'];
  const cached = folder && join(folder, `${createHash('sha256').update(source).digest('hex')}.mjs`);
  if (cached && existsSync(cached)) return { format: 'module', source: readFileSync(cached), shortCircuit: true };
  const output = await compile(source);
  if (cached) {
    // Children may run side by side: a cached file is whole or absent.
    writeFileSync(`${cached}.${process.pid}`, output);
    renameSync(`${cached}.${process.pid}`, cached);
  }
  return { format: 'module', source: output, shortCircuit: true };
}

async function compile(source) {
  const { default: typescript } = await import('typescript');
  const compilerOptions = { module: typescript.ModuleKind.ESNext, target: typescript.ScriptTarget.ES2022 };
  return typescript.transpileModule(source, { compilerOptions }).outputText;
}
