/**
 * temporalio/sdk-python: the tests of its client and its worker, on the published package, file by file, with a server that is
 * there already. Left out is what never asks a server (converters, the sandbox, types).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { runCommand } from '../../../../scripts/run-command.mjs';
import { cacheFolder, cloneOnce } from './sources.mjs';

/** The release that the newest tests are for, and what its own lock file names for them. */
const PACKAGES = [
  'temporalio[opentelemetry,pydantic]==1.32.0',
  'pytest==9.0.3',
  'pytest-asyncio==0.21.2',
  'pytest-timeout==2.4.0',
  'opentelemetry-exporter-otlp-proto-grpc',
  'googleapis-common-protos',
  'psutil',
  'httpx',
];
const FILES = [
  ...['test_client', 'test_activity', 'test_workflow', 'test_service', 'test_serialization_context'],
  ...['worker/test_activity', 'worker/test_interceptor', 'worker/test_update_with_start'],
  ...['worker/test_worker', 'worker/test_replayer', 'worker/test_workflow'],
].map((name) => `tests/${name}.py`);
const FILE_LIMIT_S = 900;
const TEST_LIMIT_S = 90;

const environment = cacheFolder('python-sdk');
const python = join(environment, 'bin/python');
let source;

async function prepare() {
  if (spawnSync('python3', ['-m', 'venv', '--help']).status !== 0) return { missing: 'python3 with venv' };
  source = cloneOnce('python-sdk', process.env.SDK_PYTHON_SOURCE ?? 'https://github.com/temporalio/sdk-python');
  if (source === undefined) return { missing: 'the sources of temporalio/sdk-python' };
  // The tests are to take the package that is installed, with its native part, not the sources beside them.
  rmSync(join(source, 'temporalio'), { recursive: true, force: true });
  const steps = [
    ...(existsSync(python) ? [] : [['python3', ['-m', 'venv', environment]]]),
    [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]],
  ];
  for (const [command, args] of steps) {
    const { code, output } = await runCommand(command, args, { doing: 'preparing sdk-python' });
    if (code !== 0) return { missing: `the packages of sdk-python's tests: ${output.slice(-2000)}` };
  }
  const nexus = readdirSync(join(source, 'tests/nexus')).filter((name) => /^test_workflow_.*[.]py$/.test(name));
  const files = [...FILES, ...nexus.map((name) => `tests/nexus/${name}`)].filter((name) =>
    existsSync(join(source, name)),
  );
  return { title: `tests of client and worker, on ${PACKAGES[0].replace(/\[.*\]/, '')}`, units: files };
}

async function run(unit, { address }) {
  const report = join(tmpdir(), `python-sdk-${process.pid}.xml`);
  const args = ['-m', 'pytest', '-E', address, '-q', '-p', 'no:cacheprovider', '--timeout', String(TEST_LIMIT_S)];
  const limited = ['--kill-after=5', String(FILE_LIMIT_S), python, ...args, `--junitxml=${report}`, unit];
  const { code, output } = await runCommand('timeout', limited, { cwd: source });
  try {
    return existsSync(report)
      ? readReport(readFileSync(report, 'utf8'))
      : [[unit, { passed: false, note: `${code}: ${output.slice(-300)}` }]];
  } finally {
    rmSync(report, { force: true });
  }
}

function readReport(xml) {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => name === 'testcase',
  });
  const cases = parser.parse(xml).testsuites.testsuite.testcase ?? [];
  return cases.map(({ name, failure, error, skipped }) => {
    const fault = failure ?? error;
    if (skipped !== undefined) return [name, { passed: undefined, note: 'skipped by the suite' }];
    return [
      name,
      { passed: fault === undefined, note: fault === undefined ? '' : String(fault.message ?? fault).split('\n')[0] },
    ];
  });
}

export const pythonSdk = { prepare, run };
