/**
 * Bundles of test workflows, made once per content and shared by all test processes: a bundle takes a second of
 * webpack, and every test file runs in its own process.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/workflow-bundles/', import.meta.url));
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, log() {} };
const inProcess = new Map<string, Promise<WorkflowBundleWithSourceMap>>();

/** The bundle of one self-contained workflows file (it may import @temporalio/* only). */
export function workflowBundle(workflowsFile: URL): Promise<WorkflowBundleWithSourceMap> {
  const path = fileURLToPath(workflowsFile);
  let bundle = inProcess.get(path);
  if (!bundle) inProcess.set(path, (bundle = loadOrBuild(path)));
  return bundle;
}

async function loadOrBuild(path: string): Promise<WorkflowBundleWithSourceMap> {
  const sdkVersion = (createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string }).version;
  const key = createHash('sha256')
    .update(sdkVersion)
    .update(await readFile(path))
    .digest('hex')
    .slice(0, 24);
  const cached = join(CACHE, `${key}.js`);
  try {
    return { code: await readFile(cached, 'utf8'), sourceMap: '' };
  } catch {
    // Not made yet.
  }
  const bundle = await bundleWorkflowCode({ workflowsPath: path, logger: silent });
  await mkdir(CACHE, { recursive: true });
  // Another process may be writing the same bundle: a rename never shows half a file.
  const draft = `${cached}.${process.pid}`;
  await writeFile(draft, bundle.code);
  await rename(draft, cached);
  return bundle;
}
