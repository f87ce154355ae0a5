/**
 * From the command line of `server start-dev` to the options of `startDevServer`.
 * It is the boundary between text that a person or an SDK wrote and typed options; nothing past it sees a flag.
 * Rule: what cannot be understood is a `UsageError` with one sentence; what has no effect yet becomes a notice.
 */
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import type { DevServerOptions } from '../dev-server-options.js';
import { DynamicConfigError, readDynamicConfig } from '../dynamic-config.js';
import { searchAttributeTypeFromName } from '../namespaces/search-attribute-type.js';
import { LOG_FORMATS, LOG_LEVELS } from '../stream-logger.js';
import type { LogFormat, LogLevel } from '../stream-logger.js';
import type { AccessFiles } from './access-files.js';
import { IGNORED_GLOBAL_FLAGS, START_DEV_FLAGS } from './start-dev-options.js';
import type { StartDevFlag, StartDevFlagName } from './start-dev-options.js';
import { UsageError } from './usage-error.js';

/** What a `start-dev` command line asks for. */
export interface StartDevArguments {
  readonly isHelp: boolean;
  readonly server: DevServerOptions;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly isConfigLogged: boolean;
  readonly accessFiles: AccessFiles;
  /** Sentences about flags that change nothing, each to be shown once. */
  readonly notices: readonly string[];
}

/** Throws `UsageError` when a flag is unknown or its value makes no sense. */
export function parseStartDev(args: readonly string[]): StartDevArguments {
  const values = new FlagValues(args);
  const ip = values.text('ip') ?? 'localhost';
  const dbFilename = values.text('db-filename');
  const dynamicConfig = dynamicConfigOf(values);
  return {
    isHelp: values.isSet('help'),
    server: {
      ip: ip === 'localhost' ? '127.0.0.1' : ip,
      port: values.port('port') ?? 7233,
      ...(dbFilename !== undefined && { dbFilename }),
      namespaces: values.all('namespace'),
      searchAttributes: Object.fromEntries(
        values.pairs('search-attribute').map(([name, typeName]) => [name, requireSearchAttributeType(name, typeName)]),
      ),
      sqlitePragmas: Object.fromEntries(values.pairs('sqlite-pragma')),
      ...(Object.keys(dynamicConfig).length > 0 && { dynamicConfig }),
      ...httpOptions(values),
    },
    logLevel: requireOneOf('log-level', values.text('log-level') ?? 'warn', LOG_LEVELS),
    logFormat: requireOneOf('log-format', (values.text('log-format') ?? 'text').replace('pretty', 'text'), LOG_FORMATS),
    isConfigLogged: values.isSet('log-config'),
    accessFiles: {
      certificate: values.text('tls-cert-path'),
      privateKey: values.text('tls-key-path'),
      clientCertificateAuthority: values.text('tls-client-ca-path'),
      apiKeys: values.text('api-key-path'),
    },
    notices: [...noticesOfFlags(values), ...noticesOfDynamicConfig(dynamicConfig)],
  };
}

function httpOptions(values: FlagValues): Pick<DevServerOptions, 'http' | 'metrics'> {
  const httpPort = values.port('http-port');
  const metricsPort = values.port('metrics-port');
  const corsOrigins = values.all('http-cors-origin');
  return {
    ...(httpPort !== undefined && { http: { port: httpPort, corsOrigins } }),
    ...(metricsPort !== undefined && { metrics: { port: metricsPort } }),
  };
}

function noticesOfFlags(values: FlagValues): string[] {
  values.port('ui-port');
  const names = START_DEV_FLAGS.filter((flag) => !flag.hasEffect && values.isSet(flag.name)).map(
    (flag) => `--${flag.name}`,
  );
  const isForNothing = values.isSet('http-cors-origin') && !values.isSet('http-port');
  return [
    ...(names.length === 0 ? [] : [`These flags have no effect yet: ${names.join(', ')}.`]),
    ...(isForNothing ? ['--http-cors-origin has no effect without --http-port.'] : []),
  ];
}

function dynamicConfigOf(values: FlagValues): Record<string, boolean | number | string> {
  const config: Record<string, boolean | number | string> = {};
  for (const [key, json] of values.pairs('dynamic-config-value')) {
    try {
      config[key] = JSON.parse(json) as boolean | number | string;
    } catch {
      throw new UsageError(
        `--dynamic-config-value ${key}=${json}: the value is not JSON. A string needs its quotes: '${key}="${json}"'.`,
      );
    }
  }
  return config;
}

function noticesOfDynamicConfig(config: Record<string, unknown>): string[] {
  try {
    const { unused } = readDynamicConfig(config);
    return unused.length === 0 ? [] : [`These dynamic configuration keys have no effect here: ${unused.join(', ')}.`];
  } catch (error) {
    if (error instanceof DynamicConfigError) throw new UsageError(error.message);
    throw error;
  }
}

function requireSearchAttributeType(name: string, typeName: string): number {
  const type = searchAttributeTypeFromName(typeName);
  if (type === undefined) {
    throw new UsageError(
      `--search-attribute ${name}=${typeName}: the type is one of Text, Keyword, Int, Double, Bool, Datetime, KeywordList.`,
    );
  }
  return type;
}

function requireOneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (!found) throw new UsageError(`--${flag} ${value}: the value is one of ${allowed.join(', ')}.`);
  return found;
}

type Name = StartDevFlagName | 'help';

/** The parsed flags, with accessors that check the form of a value. */
class FlagValues {
  readonly #values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

  constructor(args: readonly string[]) {
    const flags: readonly StartDevFlag[] = [...START_DEV_FLAGS, ...IGNORED_GLOBAL_FLAGS];
    const booleans = new Set(flags.filter((flag) => flag.value === 'none').map((flag) => `--${flag.name}`));
    const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
    for (const flag of flags) {
      options[flag.name] = {
        type: flag.value === 'none' ? 'boolean' : 'string',
        multiple: flag.isRepeatable ?? false,
        ...(flag.shorthand && { short: flag.shorthand }),
      };
    }
    try {
      this.#values = parseArgs({ args: withoutBooleanValues(args, booleans), options, allowPositionals: false }).values;
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  }

  isSet(name: Name): boolean {
    return this.#values[name] !== undefined;
  }

  text(name: Name): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  all(name: Name): string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  pairs(name: Name): [string, string][] {
    return this.all(name).map((pair) => {
      const at = pair.indexOf('=');
      if (at <= 0) throw new UsageError(`--${name} ${pair}: KEY=VALUE is expected.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    });
  }

  port(name: Name): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const port = Number(text);
    if (!/^\d+$/.test(text) || port > 65_535)
      throw new UsageError(`--${name} ${text}: a port is a number from 0 to 65535.`);
    return port;
  }
}

/** The official CLI also takes `--headless=true` and `--headless=false`. */
function withoutBooleanValues(args: readonly string[], booleans: ReadonlySet<string>): string[] {
  return args.flatMap((arg) => {
    const [flag = '', value] = arg.split('=', 2);
    if (!booleans.has(flag) || value === undefined) return [arg];
    return value === 'false' ? [] : [flag];
  });
}
