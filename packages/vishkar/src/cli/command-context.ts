/** What a command knows beside its own arguments. */
import type { Output } from './output.js';

/** What every command gets. */
export interface CommandContext {
  /** Folder in the repository. */
  readonly repository: string;
  readonly output: Output;
}
