/** Engines chosen by what is to be done: a strong model implements, a cheap one mends tests. One of them does the rest. */
import type {
  CodingEngine,
  EngineDescription,
  EngineRun,
  EngineRunOptions,
  EngineTask,
  EngineTaskKind,
} from './coding-engine.js';

export class EngineByKind implements CodingEngine {
  readonly #standard: CodingEngine;
  readonly #byKind: Readonly<Partial<Record<EngineTaskKind, CodingEngine>>>;

  constructor(standard: CodingEngine, byKind: Readonly<Partial<Record<EngineTaskKind, CodingEngine>>>) {
    this.#standard = standard;
    this.#byKind = byKind;
  }

  async describe(kind?: EngineTaskKind): Promise<EngineDescription> {
    return await this.#for(kind).describe(kind);
  }

  async run(task: EngineTask, options: EngineRunOptions): Promise<EngineRun> {
    return await this.#for(task.kind).run(task, options);
  }

  #for(kind: EngineTaskKind | undefined): CodingEngine {
    return (kind === undefined ? undefined : this.#byKind[kind]) ?? this.#standard;
  }
}
