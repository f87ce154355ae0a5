/**
 * `engines list`: the engines that are known by name, and which are here. `engines doctor`: whether they run, and the one
 * command that mends what does not. Neither needs a repository.
 */
import { ENGINE_NAMES, surveyEngine } from '../../engines/engine-survey.js';
import type { InstallableEngineName, SurveyedEngine } from '../../engines/engine-survey.js';
import { VishkarError } from '../../errors.js';
import type { CommandContext } from '../command-context.js';
import { EXIT } from '../exit-codes.js';

export interface EnginesOptions {
  /** Name of one engine; without it, all. */
  readonly name?: string;
}

export async function enginesCommand(
  { output }: CommandContext,
  action: string | undefined,
  { name }: EnginesOptions,
): Promise<number> {
  if (action !== 'list' && action !== 'doctor')
    throw new VishkarError('USAGE', `"vishkar engines" has no action "${String(action)}".`, {
      hint: '"vishkar engines list" shows the known engines, "vishkar engines doctor" whether they run.',
    });
  const names = name === undefined ? ENGINE_NAMES : [requireEngine(name)];
  const run = action === 'doctor';
  const engines: SurveyedEngine[] = [];
  // One after another: several of them take a core for seconds.
  for (const each of names) engines.push(await surveyEngine(each, process.env, { run }));
  const isHealthy = !run || isUsable(engines, name !== undefined);
  output.result(engines.map(describe), run ? { healthy: isHealthy, engines } : { engines });
  return isHealthy ? EXIT.ok : EXIT.unhealthy;
}

/** An engine that is asked for has to work; of all, one, and none may be broken. */
function isUsable(engines: readonly SurveyedEngine[], isOneAskedFor: boolean): boolean {
  const works = engines.filter(({ status }) => status === 'works').length;
  return isOneAskedFor ? works === engines.length : works > 0 && engines.every(({ status }) => status !== 'broken');
}

function describe({ name, status, path, version, title, problem, hint }: SurveyedEngine): string {
  const what = problem === '' ? `${title}${version === undefined ? '' : ` ${version}`}, ${path ?? ''}` : problem;
  return `${status.padEnd(11)}${name.padEnd(11)}${what}${hint === '' ? '' : `\n${' '.repeat(22)}${hint}`}`;
}

function requireEngine(name: string): InstallableEngineName {
  const known = ENGINE_NAMES.find((each) => each === name);
  if (known !== undefined) return known;
  throw new VishkarError('USAGE', `There is no engine "${name}".`, {
    hint: `Known by name are ${ENGINE_NAMES.join(', ')}; any other program is an engine of the kind "command" (docs/engines.md).`,
  });
}
