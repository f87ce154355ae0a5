/**
 * The tokens of one GitHub repository: a token from the variable that the configuration names, or those of an installation of
 * a GitHub App, each for an hour. Guards the rule that a token is in nobody's hands but those of GitHub and of the one git that talks
 * to it; whatever could reach an error or a log goes through `clean`.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import githubAppJwt from 'universal-github-app-jwt';
import { VishkarError } from '../../errors.js';
import { maskValues } from '../../git/mask-secrets.js';
import type { GithubApp } from './github-config.js';

export interface InstallationToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Trades the proof that we are the app for a token of its installation. */
export type TokenExchange = (jwt: string, installationId: number) => Promise<InstallationToken>;

export interface GithubCredentialsOptions {
  readonly tokenEnv: string;
  readonly app: GithubApp | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** Folder that a relative `privateKeyFile` starts at. */
  readonly folder: string;
  readonly now: () => Date;
}

/** A token that ends within this time is not begun with: a push may take minutes. */
const RENEW_BEFORE_MS = 10 * 60 * 1000;

export class GithubCredentials {
  readonly #options: GithubCredentialsOptions;
  readonly #values = new Set<string>();
  /** Shared by calls that run side by side. */
  #installation: Promise<InstallationToken> | undefined;

  constructor(options: GithubCredentialsOptions) {
    this.#options = options;
  }

  /** The token to use now. Throws VishkarError `SOURCE_HOST_TOKEN_MISSING`, `SOURCE_HOST_KEY_UNREADABLE`. */
  async token(exchange: TokenExchange): Promise<string> {
    const { app, now } = this.#options;
    if (app === undefined) return this.#read(this.#options.tokenEnv);
    const known = await this.#installation?.catch(() => undefined);
    if (known === undefined || known.expiresAt.getTime() - now().getTime() < RENEW_BEFORE_MS)
      this.#installation = this.#renew(app, exchange);
    const { token } = (await this.#installation) as InstallationToken;
    return token;
  }

  /** GitHub took the token back before its time. True when there is another to be had. */
  forget(): boolean {
    const isRenewable = this.#installation !== undefined;
    this.#installation = undefined;
    return isRenewable;
  }

  /** The text without any of the secrets. */
  clean(text: string): string {
    return maskValues(text, [...this.#values]);
  }

  async #renew(app: GithubApp, exchange: TokenExchange): Promise<InstallationToken> {
    const privateKey = await this.#privateKey(app);
    const { token: jwt } = await githubAppJwt({ id: app.appId, privateKey }).catch((error: unknown) => {
      throw keyUnreadable(this.clean(error instanceof Error ? error.message : String(error)));
    });
    this.#values.add(jwt);
    const installation = await exchange(jwt, app.installationId);
    this.#values.add(installation.token);
    return installation;
  }

  async #privateKey({ privateKeyEnv, privateKeyFile = '' }: GithubApp): Promise<string> {
    if (privateKeyEnv !== undefined) return this.#read(privateKeyEnv);
    const path = resolve(this.#options.folder, privateKeyFile);
    const key = await readFile(path, 'utf8').catch((error: unknown) => {
      throw keyUnreadable(error instanceof Error ? error.message : String(error));
    });
    this.#values.add(key);
    return key;
  }

  #read(variable: string): string {
    const value = this.#options.environment[variable]?.trim();
    if (value === undefined || value === '')
      throw new VishkarError(
        'SOURCE_HOST_TOKEN_MISSING',
        `The variable ${variable}, by which GitHub lets us in, is not set.`,
        {
          hint: `Set ${variable}, or name another variable in "sourceHost" of the configuration (docs/github.md).`,
        },
      );
    this.#values.add(value);
    return value;
  }
}

/** GitHub takes a token as the password of any user. */
export function basicCredentials(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString('base64');
}

function keyUnreadable(reason: string): VishkarError {
  return new VishkarError('SOURCE_HOST_KEY_UNREADABLE', `The private key of the GitHub App can't be used: ${reason}`, {
    hint: 'Download a private key from the settings of the app, and name its file or a variable that holds it.',
  });
}
