/**
 * Bundles the workflow code once, at build time, so that a worker starts without webpack. Does nothing when the bundle is newer
 * than everything it is made of.
 */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const bundle = join(dist, 'workflow-bundle.js');

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function newestSource() {
  const folders = ['workflows', 'domain'].map((name) => join(dist, name));
  const files = folders.flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, file)));
  return Math.max(...files.filter((file) => file.endsWith('.js')).map(changedAt));
}

if (changedAt(bundle) < newestSource()) {
  // Loaded only now: webpack takes half a second by itself.
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(dist, 'workflows', 'index.js'),
    logger: new DefaultLogger('ERROR'),
  });
  writeFileSync(bundle, code);
}
