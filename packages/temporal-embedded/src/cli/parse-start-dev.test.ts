import { describe, expect, it } from 'vitest';
import { startDevHelp } from './help-text.js';
import { parseStartDev } from './parse-start-dev.js';
import { START_DEV_FLAGS } from './start-dev-options.js';
import { UsageError } from './usage-error.js';

/** What `TestWorkflowEnvironment.createLocal()` of the official SDK passes. */
const SDK_ARGV = [
  ...[
    '--port',
    '40123',
    '--namespace',
    'default',
    '--ip',
    '127.0.0.1',
    '--log-format',
    'pretty',
    '--log-level',
    'warn',
  ],
  ...['--dynamic-config-value', 'frontend.enableServerVersionCheck=false'],
  ...['--dynamic-config-value', 'frontend.enableUpdateWorkflowExecution=true'],
  ...['--dynamic-config-value', 'frontend.enableUpdateWorkflowExecutionAsyncAccepted=true'],
  '--headless',
];

describe('parseStartDev', () => {
  it('takes the command line of the official SDK without a notice', () => {
    expect(parseStartDev(SDK_ARGV)).toEqual({
      isHelp: false,
      server: {
        ip: '127.0.0.1',
        port: 40123,
        namespaces: ['default'],
        searchAttributes: {},
        sqlitePragmas: {},
        dynamicConfig: {
          'frontend.enableServerVersionCheck': false,
          'frontend.enableUpdateWorkflowExecution': true,
          'frontend.enableUpdateWorkflowExecutionAsyncAccepted': true,
        },
      },
      logLevel: 'warn',
      logFormat: 'text',
      isConfigLogged: false,
      accessFiles: {
        certificate: undefined,
        privateKey: undefined,
        clientCertificateAuthority: undefined,
        apiKeys: undefined,
      },
      notices: [],
    });
  });

  it('has the defaults of the official CLI', () => {
    expect(parseStartDev([]).server).toEqual({
      ip: '127.0.0.1',
      port: 7233,
      namespaces: [],
      searchAttributes: {},
      sqlitePragmas: {},
    });
  });

  it('takes shorthands, repeated flags and both ways to write a value', () => {
    const { server } = parseStartDev([
      ...['-f', 'state.db', '-n', 'a', '--namespace=b', '-p', '0', '--search-attribute', 'Team=keyword'],
      ...['--search-attribute=Due=Datetime', '--sqlite-pragma', 'synchronous=NORMAL'],
    ]);
    expect(server).toEqual({
      ip: '127.0.0.1',
      port: 0,
      dbFilename: 'state.db',
      namespaces: ['a', 'b'],
      searchAttributes: { Team: 2, Due: 6 },
      sqlitePragmas: { synchronous: 'NORMAL' },
    });
  });

  it('accepts every flag of its table and the client flags of the official CLI', () => {
    const sample = { none: [], string: ['x'], int: ['1'], 'KEY=VALUE': ['a=1'] } as const;
    const special: Record<string, string> = {
      'log-level': 'info',
      'log-format': 'json',
      'search-attribute': 'A=Int',
      'dynamic-config-value': 'limit.historyCount.error=100',
    };
    for (const flag of START_DEV_FLAGS) {
      const value = special[flag.name] ? [special[flag.name] as string] : sample[flag.value];
      expect(() => parseStartDev([`--${flag.name}`, ...value]), flag.name).not.toThrow();
    }
    expect(() => parseStartDev(['--color', 'never', '--disable-config-file', '--headless=true'])).not.toThrow();
  });

  it('says once what has no effect yet', () => {
    const { notices } = parseStartDev([
      ...['--ui-port', '8080', '--ui-ip', '127.0.0.1'],
      ...['--dynamic-config-value', 'history.some=1', '--dynamic-config-value', 'history.some=2'],
    ]);
    expect(notices).toEqual([
      'These flags have no effect yet: --ui-port, --ui-ip.',
      'These dynamic configuration keys have no effect here: history.some.',
    ]);
  });

  it.each([
    [['--frobnicate'], 'frobnicate'],
    [['--port', 'abc'], '--port abc: a port is a number from 0 to 65535.'],
    [['--port', '70000'], '--port 70000: a port is a number from 0 to 65535.'],
    [['--log-level', 'loud'], '--log-level loud: the value is one of debug, info, warn, error, never.'],
    [['--search-attribute', 'Team'], '--search-attribute Team: KEY=VALUE is expected.'],
    [['--search-attribute', 'Team=Colour'], 'the type is one of Text, Keyword'],
    [['--dynamic-config-value', 'a=b'], 'the value is not JSON'],
    [['--dynamic-config-value', 'a=1'], '"a" is no dynamic configuration key.'],
    [['stray'], 'stray'],
  ])('refuses %j in a sentence', (argv, sentence) => {
    expect(() => parseStartDev(argv)).toThrow(UsageError);
    expect(() => parseStartDev(argv)).toThrow(sentence);
  });
});

describe('startDevHelp', () => {
  it('shows every flag of the table, within a terminal of 120 columns', () => {
    const help = startDevHelp();
    for (const flag of START_DEV_FLAGS) expect(help).toContain(`--${flag.name}`);
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});
