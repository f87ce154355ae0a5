/** A worker process that runs an engine and tells its progress, to be killed in the middle. */
import { startChild } from '@vishkar/testkit';
import type { StartedChild } from '@vishkar/testkit';
import type { EngineTask } from '../../src/engines/coding-engine.js';

export interface EngineWorkerOptions {
  /** Beside our own. */
  readonly environment: NodeJS.ProcessEnv;
  /** Keeps a record of what is used in this folder. */
  readonly usage?: { readonly folder: string; readonly marker: string };
}

/** Runs the engine of `config`, as built. */
export function startEngineWorker(
  config: object,
  task: EngineTask,
  { environment, usage }: EngineWorkerOptions,
): StartedChild {
  const folder = new URL('../../dist/engines/', import.meta.url).href;
  const code = `
    const { AttemptUsage } = await import('${folder}../activities/attempt-usage.js');
    const usage = ${JSON.stringify(usage ?? null)};
    const usageLog = usage === null ? undefined : new AttemptUsage(usage.folder, usage.marker);
    const { createEngine } = await import('${folder}create-engine.js');
    const { engineConfigSchema } = await import('${folder}engine-config.js');
    const config = engineConfigSchema.parse(${JSON.stringify(config)});
    await createEngine(config, { repository: '/', environment: process.env }).run({ ...${JSON.stringify(task)}, usageLog }, {
      signal: new AbortController().signal,
      onProgress: (progress) => console.log('progress ' + JSON.stringify(progress)),
    });`;
  return startChild(process.execPath, ['--input-type=module', '-e', code], { env: { ...process.env, ...environment } });
}
