/**
 * What differs between coding agents that speak the Agent Client Protocol, as data: how to find and start one, how to
 * tell it which model to use, and the quirks that were measured. The behaviour is all in `AcpEngine`.
 */

import type { InstallableEngine } from '../engine-program.js';
import type { ModelSettings } from '../model-settings.js';

export interface AcpProfile extends InstallableEngine {
  /** Arguments that make it speak ACP on stdin and stdout. */
  readonly args: readonly string[];
  /** Variables for a run, beside the allow-list. `home` is the story's private folder of this engine. */
  readonly environment: (settings: ModelSettings, home: string) => Readonly<Record<string, string>>;
  /** Variables that replace those where a sandbox of ours is around it. */
  readonly sandboxedEnvironment?: Readonly<Record<string, string>>;
  /** Mode to set after a session is there so that nothing is asked; undefined when the environment says so. */
  readonly sessionMode?: string;
  /** Requests beyond the stable protocol that are made in each new session; one that it does not know is let go. */
  readonly sessionRequests?: (sessionId: string) => readonly { readonly method: string; readonly params: object }[];
  readonly quirks: {
    /** Whether a turn that reached a model always reports usage; if so, an end without usage is not believed. */
    readonly reportsUsage: boolean;
    /** How its last message begins when it gave up on the provider and ended its turn all the same. */
    readonly failureMessage?: RegExp;
    /** Whether the usage at a turn's end is of the whole turn, not of its last call to the model only. */
    readonly usageCoversTurn: boolean;
    /** Whether it ends by itself when its input ends. */
    readonly exitsOnInputEnd: boolean;
  };
}
