/**
 * The secrets in an environment: what the variables hold whose own name says so, those that a configuration names, and passwords in
 * addresses. Whatever leaves for the history, a log or a person is cleaned of them at the border once more, after each adapter has
 * cleaned what it says of its own.
 */
import { maskOf } from '../git/mask-secrets.js';

/** Shorter ones are words that stand elsewhere, too. */
const MIN_LENGTH = 8;
const TELLING_NAME =
  /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PAT|API_?KEY|PRIVATE_KEY|ACCESS_KEY|KEY_DATA)$/i;
const PASSWORD_IN_ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/i;

/** A function that replaces them in a text by `***`; `named`: variables that hold one whatever they are called. */
export function secretMask(environment: NodeJS.ProcessEnv, named: readonly string[] = []): (text: string) => string {
  const secrets = Object.entries(environment).flatMap(([name, value = '']) => {
    const isSecret = named.includes(name) || TELLING_NAME.test(name);
    const secret = isSecret ? value.trim() : (PASSWORD_IN_ADDRESS.exec(value)?.[1] ?? '');
    return secret.length < MIN_LENGTH ? [] : [secret];
  });
  return maskOf(secrets);
}

/** The variables that a configuration names: fields that end in `Env` hold the name of one, or several by the name they get elsewhere. */
export function variablesNamedIn(config: unknown): readonly string[] {
  if (typeof config !== 'object' || config === null) return [];
  return Object.entries(config).flatMap(([field, value]: [string, unknown]) => {
    if (!field.endsWith('Env')) return variablesNamedIn(value);
    return typeof value === 'string' ? [value] : Object.values(value ?? {}).filter((each) => typeof each === 'string');
  });
}
