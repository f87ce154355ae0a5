/** A worker process that runs an engine and tells its progress, to be killed in the middle. */
import { startChild } from '@vishkar/testkit';
import type { StartedChild } from '@vishkar/testkit';
import type { EngineTask } from '../../src/engines/coding-engine.js';

/** Runs the engine of `config`, as built, with `environment` beside our own. */
export function startEngineWorker(config: object, task: EngineTask, environment: NodeJS.ProcessEnv): StartedChild {
  const folder = new URL('../../dist/engines/', import.meta.url).href;
  const code = `
    const { createEngine } = await import('${folder}create-engine.js');
    const { engineConfigSchema } = await import('${folder}engine-config.js');
    const config = engineConfigSchema.parse(${JSON.stringify(config)});
    await createEngine(config, { repository: '/', environment: process.env }).run(${JSON.stringify(task)}, {
      signal: new AbortController().signal,
      onProgress: (progress) => console.log('progress ' + JSON.stringify(progress)),
    });`;
  return startChild(process.execPath, ['--input-type=module', '-e', code], { env: { ...process.env, ...environment } });
}
