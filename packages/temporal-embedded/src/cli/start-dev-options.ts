/**
 * Every flag of `server start-dev`, once: the parser, the help text and docs/cli.md are made from this table.
 * Names, shorthands, values and defaults are those of the official `temporal server start-dev`, so that scripts and
 * SDKs which start that one can start this one. A flag that has no effect here yet is accepted and says so.
 */

export type FlagValue = 'none' | 'string' | 'int' | 'KEY=VALUE';

export interface StartDevFlag {
  readonly name: string;
  readonly shorthand?: string;
  readonly value: FlagValue;
  /** May be given several times. */
  readonly isRepeatable?: true;
  readonly default?: string | number;
  readonly description: string;
  /** False: accepted, and the service says once that it changes nothing yet. */
  readonly hasEffect: boolean;
}

export const START_DEV_FLAGS = [
  {
    name: 'db-filename',
    shorthand: 'f',
    value: 'string',
    description: 'File that keeps the state. Without it everything is in memory and is lost when the process ends.',
    hasEffect: true,
  },
  {
    name: 'namespace',
    shorthand: 'n',
    value: 'string',
    isRepeatable: true,
    description: 'Namespace to create at launch. "default" is always created.',
    hasEffect: true,
  },
  {
    name: 'port',
    shorthand: 'p',
    value: 'int',
    default: 7233,
    description: 'Port of the gRPC service.',
    hasEffect: true,
  },
  {
    name: 'ip',
    value: 'string',
    default: 'localhost',
    description:
      'Address to bind. One beyond loopback is refused unless there are TLS and API keys or a certificate authority for clients.',
    hasEffect: true,
  },
  {
    name: 'search-attribute',
    value: 'KEY=VALUE',
    isRepeatable: true,
    description:
      'Search attribute to register, NAME=TYPE; TYPE is Text, Keyword, Int, Double, Bool, Datetime or KeywordList.',
    hasEffect: true,
  },
  {
    name: 'sqlite-pragma',
    value: 'KEY=VALUE',
    isRepeatable: true,
    description: 'SQLite pragma, such as synchronous=NORMAL (faster, may lose the last commits on power loss).',
    hasEffect: true,
  },
  {
    name: 'dynamic-config-value',
    value: 'KEY=VALUE',
    isRepeatable: true,
    description: 'Dynamic configuration by the keys of the official server, KEY=JSON: docs/dynamic-config.md.',
    hasEffect: true,
  },
  {
    name: 'log-level',
    value: 'string',
    default: 'warn',
    description: 'What to log on stderr: debug, info, warn, error or never.',
    hasEffect: true,
  },
  {
    name: 'log-format',
    value: 'string',
    default: 'text',
    description: 'How to log: text or json (pretty means text).',
    hasEffect: true,
  },
  {
    name: 'headless',
    value: 'none',
    description: 'No Web UI. There is none here, so this is always so.',
    hasEffect: true,
  },
  {
    name: 'http-port',
    value: 'int',
    description: 'Port of the HTTP API (0 picks a free one). Without it there is no HTTP API.',
    hasEffect: true,
  },
  {
    name: 'http-cors-origin',
    value: 'string',
    isRepeatable: true,
    description:
      'Origin of web pages that may call the HTTP API, such as http://localhost:3000; * for any. Not in the official CLI.',
    hasEffect: true,
  },
  {
    name: 'metrics-port',
    value: 'int',
    description: 'Port of /metrics for Prometheus (0 picks a free one). Without it there is none.',
    hasEffect: true,
  },
  {
    name: 'tls-cert-path',
    value: 'string',
    description: 'Certificate to serve with (PEM). Not in the official CLI, like the three that follow.',
    hasEffect: true,
  },
  { name: 'tls-key-path', value: 'string', description: "The certificate's private key (PEM).", hasEffect: true },
  {
    name: 'tls-client-ca-path',
    value: 'string',
    description: 'Certificate authority of clients (PEM): one without a certificate of it is refused.',
    hasEffect: true,
  },
  {
    name: 'api-key-path',
    value: 'string',
    description: 'File of API keys, one a line: a call without one of them is refused.',
    hasEffect: true,
  },
  { name: 'ui-port', value: 'int', description: 'Port of the Web UI.', hasEffect: false },
  { name: 'ui-ip', value: 'string', description: 'Address of the Web UI.', hasEffect: false },
  { name: 'ui-public-path', value: 'string', description: 'Base path of the Web UI.', hasEffect: false },
  { name: 'ui-asset-path', value: 'string', description: 'Assets of the Web UI.', hasEffect: false },
  { name: 'ui-codec-endpoint', value: 'string', description: 'Remote codec of the Web UI.', hasEffect: false },
  { name: 'ui-disable-news-fetch', value: 'none', description: 'No news in the Web UI.', hasEffect: false },
  { name: 'log-config', value: 'none', description: 'Log the resolved options on stderr.', hasEffect: true },
] as const satisfies readonly StartDevFlag[];

export type StartDevFlagName = (typeof START_DEV_FLAGS)[number]['name'];

/**
 * Flags of the official CLI that concern its client side or its output; accepted anywhere in the command line, ignored.
 * The boolean ones take no value.
 */
export const IGNORED_GLOBAL_FLAGS: readonly StartDevFlag[] = [
  { name: 'client-connect-timeout', value: 'string', description: '', hasEffect: false },
  { name: 'color', value: 'string', description: '', hasEffect: false },
  { name: 'command-timeout', value: 'string', description: '', hasEffect: false },
  { name: 'config-file', value: 'string', description: '', hasEffect: false },
  { name: 'disable-config-env', value: 'none', description: '', hasEffect: false },
  { name: 'disable-config-file', value: 'none', description: '', hasEffect: false },
  { name: 'env', value: 'string', description: '', hasEffect: false },
  { name: 'env-file', value: 'string', description: '', hasEffect: false },
  { name: 'no-json-shorthand-payloads', value: 'none', description: '', hasEffect: false },
  { name: 'output', shorthand: 'o', value: 'string', description: '', hasEffect: false },
  { name: 'profile', value: 'string', description: '', hasEffect: false },
  { name: 'time-format', value: 'string', description: '', hasEffect: false },
];
