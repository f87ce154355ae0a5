/** A script plays one workflow's life on a stage; its key is its name and the behaviour it shows. */
import type { Stage } from '../service-stage.js';

export type Scripts = Readonly<Record<string, (stage: Stage) => Promise<void>>>;
