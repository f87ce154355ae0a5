/** Who does which kind of a project's tasks, and how far each is kept from the rest of this host: what `doctor` tells. */
import type { ProjectConfig } from '../config/project-config.js';
import { createEngine, isolationOf } from '../engines/create-engine.js';
import type { CodingEngine } from '../engines/coding-engine.js';
import { engineConfigFromEnvironment } from '../engines/engine-config.js';
import type { EngineConfig } from '../engines/engine-config.js';
import type { ProcessIsolation } from '../processes/isolation.js';

/** Who does one kind of task. */
export interface EngineRole {
  /** The kind of task; empty for all that are named nowhere else. */
  readonly kind: string;
  /** In the order in which they are asked; the next stands in for one that can't run. */
  readonly choices: readonly {
    readonly engine: CodingEngine;
    /** Undefined for an engine that starts no program. */
    readonly isolation: ProcessIsolation | undefined;
  }[];
}

/** What is configured, else what the environment names; undefined when neither does. */
export function projectEngineConfig(config: ProjectConfig, environment: NodeJS.ProcessEnv): EngineConfig | undefined {
  return config.engine ?? engineConfigFromEnvironment(environment);
}

export function engineRoles(
  config: ProjectConfig,
  context: { readonly repository: string; readonly environment: NodeJS.ProcessEnv },
): readonly EngineRole[] {
  const standard = projectEngineConfig(config, context.environment);
  const roles = [...(standard === undefined ? [] : [['', standard] as const]), ...Object.entries(config.engines)];
  return roles.map(([kind, each]) => ({
    kind,
    choices: (each.engine === 'failover' ? each.engines : [each]).map((choice) => ({
      engine: createEngine(choice, context),
      isolation: choice.engine === 'recorded' ? undefined : isolationOf(choice.isolation, context.environment),
    })),
  }));
}

/** One line for all who may do a kind of task. Throws the first one's reason when none of them can run here. */
export async function describeRole({ kind, choices }: EngineRole): Promise<string> {
  const described = await Promise.allSettled(choices.map(({ engine }) => engine.describe()));
  const failures = described.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  if (failures.length === choices.length) throw failures[0];
  const said = described.map((each) => {
    if (each.status === 'fulfilled') return `${each.value.name} ${each.value.version}, model ${each.value.model}`;
    return `none (${each.reason instanceof Error ? each.reason.message : String(each.reason)})`;
  });
  return `${kind === '' ? '' : `${kind}: `}${said.join('; then ')}`;
}

/** How far they are kept from the rest of this host, and what they are not kept from. */
export async function describeIsolation({ kind, choices }: EngineRole): Promise<string> {
  const said = choices.map(async ({ isolation }) => {
    if (isolation === undefined) return 'no program is started';
    await isolation.check();
    return `${isolation.level}, which leaves open: ${isolation.gaps.join('; ')}`;
  });
  return `${kind === '' ? '' : `${kind}: `}${[...new Set(await Promise.all(said))].join('. ')}`;
}
