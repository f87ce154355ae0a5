/**
 * The tokens of one tracker: read from the variables that the configuration names, and taken out of every text that could
 * reach an error or a log. Guards the rule that a token is in nobody's hands but the server's that needs it.
 */
import { VishkarError } from '../../errors.js';
import { maskValues } from '../../git/mask-secrets.js';

export class TrackerSecrets {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #values = new Set<string>();

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  /** The value of a variable. Throws VishkarError `TRACKER_TOKEN_MISSING` when it is not set. */
  read(variable: string): string {
    const value = this.#environment[variable];
    if (value === undefined || value === '')
      throw new VishkarError('TRACKER_TOKEN_MISSING', `The variable ${variable} with the token for Jira is not set.`, {
        hint: `Set ${variable}, or name another variable in "tracker.jira.server" of the configuration.`,
      });
    this.keep(value);
    return value;
  }

  /** A secret that was made from others (an encoded header). */
  keep(value: string): void {
    this.#values.add(value);
  }

  /** The text without any of the secrets. */
  clean(text: string): string {
    return maskValues(text, [...this.#values]);
  }
}
