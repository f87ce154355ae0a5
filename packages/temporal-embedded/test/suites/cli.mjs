/**
 * Every command of the released `temporal` CLI that talks to a server (`trace` draws for people only), the same on both: each has to end as it does on the official
 * server, with output of the same shape. The commands of a unit build on each other; a small worker serves them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { officialCli } from './servers.mjs';

const COMMAND_LIMIT_MS = 30_000;
const Q = ['--task-queue', 'cli'];
const start = (id, type, ...more) => ['workflow', 'start', '--workflow-id', id, '--type', type, ...Q, ...more];
const on = (id) => ['--workflow-id', id];
const DEPLOYMENT = ['--deployment-name', 'shop'];

/**
 * By unit: commands in order. `wait` is a command that is repeated until its output holds a text; one in `fails` is meant to: the others
 * have to end with 0 on the official server, lest a slip in this list passes for agreement.
 */
const UNITS = {
  workflow: [
    start(
      'w1',
      'waits',
      '--input',
      '{"a":1}',
      '--memo',
      'note="n"',
      '--search-attribute',
      'CustomKeywordField="k"',
      '--static-summary',
      's',
    ),
    { wait: ['workflow', 'query', ...on('w1'), '--type', 'stage'], until: 'started' },
    ['workflow', 'describe', ...on('w1')],
    ['workflow', 'list', '--query', 'WorkflowId="w1"'],
    ['workflow', 'count'],
    ['workflow', 'metadata', ...on('w1')],
    ['workflow', 'stack', ...on('w1')],
    ['workflow', 'signal', ...on('w1'), '--name', 'note', '--input', '"first"'],
    ['workflow', 'update', 'execute', ...on('w1'), '--name', 'add', '--input', '3', '--update-id', 'u1'],
    [
      'workflow',
      'update',
      'start',
      ...on('w1'),
      '--name',
      'add',
      '--input',
      '4',
      '--update-id',
      'u2',
      '--wait-for-stage',
      'accepted',
    ],
    ['workflow', 'update', 'result', ...on('w1'), '--update-id', 'u2'],
    ['workflow', 'update', 'describe', ...on('w1'), '--update-id', 'u1'],
    ['workflow', 'signal', ...on('w1'), '--name', 'finish'],
    ['workflow', 'result', ...on('w1')],
    ['workflow', 'show', ...on('w1')],
    ['workflow', 'execute', ...on('w2'), '--type', 'adds', ...Q, '--input', '1', '--input', '2'],
    ['workflow', 'signal-with-start', ...on('w3'), '--type', 'waits', ...Q, '--signal-name', 'finish'],
    ['workflow', 'result', ...on('w3')],
    [
      'workflow',
      'start-update-with-start',
      ...on('w4'),
      '--type',
      'waits',
      ...Q,
      '--update-name',
      'add',
      '--update-input',
      '5',
      '--update-wait-for-stage',
      'accepted',
      '--id-conflict-policy',
      'UseExisting',
      '--update-id',
      'u',
    ],
    [
      'workflow',
      'execute-update-with-start',
      ...on('w4'),
      '--type',
      'waits',
      ...Q,
      '--update-name',
      'add',
      '--update-input',
      '6',
      '--id-conflict-policy',
      'UseExisting',
    ],
    ['workflow', 'cancel', ...on('w4')],
    { wait: ['workflow', 'list', '--query', 'WorkflowId="w4" AND ExecutionStatus="Canceled"'], until: 'w4' },
    start('w5', 'waits'),
    ['workflow', 'terminate', ...on('w5'), '--reason', 'r'],
    ['workflow', 'describe', ...on('w5')],
    ['workflow', 'delete', ...on('w5')],
    { fails: ['workflow', 'describe', ...on('none')] },
  ],
  reset: [
    ['workflow', 'execute', ...on('r1'), '--type', 'adds', ...Q, '--input', '1', '--input', '2'],
    ['workflow', 'reset', ...on('r1'), '--event-id', '4', '--reason', 'again'],
    ['workflow', 'result', ...on('r1')],
    ['workflow', 'reset', ...on('r1'), '--type', 'FirstWorkflowTask', '--reason', 'again'],
    ['workflow', 'reset', ...on('r1'), '--type', 'LastWorkflowTask', '--reason', 'again', '--reapply-exclude', 'All'],
    ['workflow', 'reset', '--query', 'WorkflowType="adds"', '--type', 'LastWorkflowTask', '--reason', 'many', '--yes'],
  ],
  batch: [
    start('b1', 'waits'),
    start('b2', 'waits'),
    { wait: ['workflow', 'count', '--query', 'WorkflowType="waits"'], until: '2' },
    [
      'workflow',
      'signal',
      '--query',
      'WorkflowType="waits"',
      '--name',
      'note',
      '--input',
      '"x"',
      '--reason',
      'r',
      '--yes',
    ],
    ['workflow', 'terminate', '--query', 'WorkflowId="b1"', '--reason', 'r', '--yes'],
    ['workflow', 'cancel', '--query', 'WorkflowId="b2"', '--reason', 'r', '--yes'],
    { wait: ['workflow', 'count', '--query', 'ExecutionStatus="Running"'], until: '{}' },
    ['batch', 'list'],
    { fails: ['batch', 'describe', '--job-id', 'none'] },
    { fails: ['batch', 'terminate', '--job-id', 'none', '--reason', 'r'] },
    ['workflow', 'delete', '--query', 'WorkflowType="waits"', '--reason', 'r', '--yes'],
  ],
  activity: [
    start('a1', 'fails'),
    { wait: ['workflow', 'describe', ...on('a1')], until: 'failing' },
    ['activity', 'pause', ...on('a1'), '--activity-id', '1', '--identity', 'me'],
    ['workflow', 'describe', ...on('a1')],
    [
      'activity',
      'update-options',
      ...on('a1'),
      '--activity-id',
      '1',
      '--retry-maximum-attempts',
      '50',
      '--start-to-close-timeout',
      '10s',
    ],
    ['activity', 'unpause', ...on('a1'), '--activity-id', '1'],
    ['activity', 'reset', ...on('a1'), '--activity-id', '1'],
    ['activity', 'complete', ...on('a1'), '--activity-id', '1', '--result', '"by hand"'],
    ['workflow', 'result', ...on('a1')],
    start('a2', 'fails'),
    { wait: ['workflow', 'describe', ...on('a2')], until: 'failing' },
    // Between its attempts nobody has the activity.
    { fails: ['activity', 'fail', ...on('a2'), '--activity-id', '1', '--reason', 'by hand', '--detail', '"d"'] },
    ['workflow', 'update-options', ...on('a2'), '--versioning-override-behavior', 'auto_upgrade'],
  ],
  schedule: [
    [
      'schedule',
      'create',
      '--schedule-id',
      's1',
      '--interval',
      '1h/5m',
      '--type',
      'adds',
      ...on('from-s1'),
      ...Q,
      '--input',
      '1',
      '--input',
      '2',
      '--schedule-memo',
      'note="n"',
    ],
    { fails: ['schedule', 'create', '--schedule-id', 's1', '--interval', '1h', '--type', 'adds', ...on('x'), ...Q] },
    [
      'schedule',
      'create',
      '--schedule-id',
      's2',
      '--cron',
      '0 12 * * MON-FRI',
      '--calendar',
      '{"hour":"3","dayOfMonth":"1"}',
      '--time-zone',
      'Europe/Berlin',
      '--type',
      'adds',
      ...on('from-s2'),
      ...Q,
      '--paused',
      '--notes',
      'later',
    ],
    ['schedule', 'describe', '--schedule-id', 's1'],
    ['schedule', 'describe', '--schedule-id', 's2'],
    { wait: ['schedule', 'list'], until: 's2' },
    ['schedule', 'list', '--really-long'],
    ['schedule', 'trigger', '--schedule-id', 's1'],
    {
      wait: ['workflow', 'list', '--query', 'TemporalScheduledById="s1" AND ExecutionStatus="Completed"'],
      until: 'from-s1',
    },
    ['schedule', 'toggle', '--schedule-id', 's1', '--pause', '--reason', 'r'],
    ['schedule', 'toggle', '--schedule-id', 's2', '--unpause', '--reason', 'r'],
    [
      'schedule',
      'backfill',
      '--schedule-id',
      's2',
      '--start-time',
      '2026-01-01T00:00:00Z',
      '--end-time',
      '2026-01-03T00:00:00Z',
      '--overlap-policy',
      'AllowAll',
    ],
    ['schedule', 'update', '--schedule-id', 's1', '--interval', '2h', '--type', 'adds', ...on('from-s1'), ...Q],
    ['schedule', 'describe', '--schedule-id', 's1'],
    ['schedule', 'delete', '--schedule-id', 's1'],
    { fails: ['schedule', 'describe', '--schedule-id', 's1'] },
  ],
  'task-queue': [
    start('t1', 'waits'),
    { wait: ['workflow', 'query', ...on('t1'), '--type', 'stage'], until: 'started' },
    ['task-queue', 'describe', ...Q],
    ['task-queue', 'describe', ...Q, '--legacy-mode'],
    ['task-queue', 'config', 'get', ...Q, '--task-queue-type', 'activity'],
    [
      'task-queue',
      'config',
      'set',
      ...Q,
      '--task-queue-type',
      'activity',
      '--queue-rps-limit',
      '50',
      '--queue-rps-limit-reason',
      'r',
    ],
    ['task-queue', 'config', 'get', ...Q, '--task-queue-type', 'activity'],
    ['task-queue', 'list-partition', ...Q],
    ['task-queue', 'get-build-ids', ...Q],
    ['task-queue', 'update-build-ids', 'add-new-default', ...Q, '--build-id', '1.0'],
    ['task-queue', 'get-build-ids', ...Q],
    ['task-queue', 'get-build-id-reachability', '--build-id', '1.0'],
    ['task-queue', 'versioning', 'get-rules', '--task-queue', 'other'],
    ['task-queue', 'versioning', 'insert-assignment-rule', '--task-queue', 'other', '--build-id', '2.0', '--yes'],
    ['task-queue', 'versioning', 'get-rules', '--task-queue', 'other'],
  ],
  worker: [
    { wait: ['worker', 'deployment', 'list'], until: 'shop' },
    ['worker', 'deployment', 'describe', '--name', 'shop'],
    ['worker', 'deployment', 'describe-version', ...DEPLOYMENT, '--build-id', '1.0'],
    ['worker', 'deployment', 'set-current-version', ...DEPLOYMENT, '--build-id', '1.0', '--yes'],
    ['worker', 'deployment', 'describe', '--name', 'shop'],
    [
      'worker',
      'deployment',
      'update-metadata-version',
      ...DEPLOYMENT,
      '--build-id',
      '1.0',
      '--metadata',
      'team="blue"',
    ],
    ['worker', 'deployment', 'manager-identity', 'set', ...DEPLOYMENT, '--self', '--yes'],
    ['worker', 'deployment', 'manager-identity', 'unset', ...DEPLOYMENT, '--yes'],
    ['worker', 'deployment', 'set-current-version', ...DEPLOYMENT, '--unversioned', '--yes'],
    ['worker', 'deployment', 'set-ramping-version', ...DEPLOYMENT, '--build-id', '1.0', '--percentage', '10', '--yes'],
    ['worker', 'deployment', 'set-ramping-version', ...DEPLOYMENT, '--build-id', '1.0', '--delete', '--yes'],
    // Deleting what is not there is no mistake.
    ['worker', 'deployment', 'delete-version', ...DEPLOYMENT, '--build-id', '9.9'],
    ['worker', 'deployment', 'delete', '--name', 'none'],
    { fails: ['worker', 'list'] },
    { fails: ['worker', 'describe', '--worker-instance-key', 'none'] },
  ],
  operator: [
    ['operator', 'cluster', 'health'],
    ['operator', 'cluster', 'describe'],
    ['operator', 'cluster', 'system'],
    ['operator', 'cluster', 'list'],
    [
      'operator',
      'namespace',
      'create',
      '--namespace',
      'n1',
      '--retention',
      '48h',
      '--description',
      'd',
      '--data',
      'k=v',
    ],
    ['operator', 'namespace', 'describe', '--namespace', 'n1'],
    ['operator', 'namespace', 'update', '--namespace', 'n1', '--description', 'other'],
    ['operator', 'namespace', 'list'],
    ['operator', 'search-attribute', 'create', '--name', 'Extra', '--type', 'Keyword'],
    ['operator', 'search-attribute', 'list'],
    ['operator', 'search-attribute', 'remove', '--name', 'Extra', '--yes'],
    [
      'operator',
      'nexus',
      'endpoint',
      'create',
      '--name',
      'e1',
      '--target-namespace',
      'default',
      '--target-task-queue',
      'cli',
      '--description',
      'd',
    ],
    {
      fails: [
        'operator',
        'nexus',
        'endpoint',
        'create',
        '--name',
        'e1',
        '--target-namespace',
        'default',
        '--target-task-queue',
        'cli',
      ],
    },
    ['operator', 'nexus', 'endpoint', 'get', '--name', 'e1'],
    [
      'operator',
      'nexus',
      'endpoint',
      'update',
      '--name',
      'e1',
      '--target-task-queue',
      'other',
      '--target-namespace',
      'default',
    ],
    ['operator', 'nexus', 'endpoint', 'list'],
    ['operator', 'nexus', 'endpoint', 'delete', '--name', 'e1'],
    ['operator', 'namespace', 'delete', '--namespace', 'n1', '--yes'],
    { fails: ['operator', 'namespace', 'describe', '--namespace', 'none'] },
  ],
};

function prepare() {
  if (officialCli() === undefined)
    return { missing: 'the Temporal CLI (go install github.com/temporalio/cli/cmd/temporal@v1.5.1)' };
  return { title: 'commands of temporal 1.5.1', units: Object.keys(UNITS) };
}

async function run(unit, { address }) {
  const worker = await startWorker(address, unit);
  try {
    const tests = [];
    for (const step of UNITS[unit]) {
      const command = step.wait ?? step.fails ?? step;
      const { code, output, isOver } = step.wait ? await until(address, step) : call(address, command);
      const passed = isOver && (code !== 0) === (step.fails !== undefined);
      const title = uniqueTitle(tests, `temporal ${command.join(' ')}`);
      tests.push([title, { passed, note: firstLine(output), code, shape: shapeOf(output) }]);
    }
    return tests;
  } finally {
    await worker.stop();
  }
}

const uniqueTitle = (tests, title) =>
  tests.some(([other]) => other === title) ? uniqueTitle(tests, `${title} (again)`) : title;

/** What passes on the official server is whatever it answers; ours has to answer alike. */
function compare(official, ours) {
  if (official.code !== ours.code) return `exit code ${ours.code} in place of ${official.code}: ${ours.note}`;
  const missing = official.shape.filter((path) => !ours.shape.includes(path));
  const added = ours.shape.filter((path) => !official.shape.includes(path));
  if (missing.length + added.length === 0) return undefined;
  return [
    missing.length > 0 && `lacks ${missing.slice(0, 8).join(', ')}`,
    added.length > 0 && `has ${added.slice(0, 8).join(', ')}`,
  ]
    .filter(Boolean)
    .join('; ');
}

function call(address, command) {
  const args = [
    ...command,
    '--address',
    address,
    '--output',
    'json',
    '--disable-config-file',
    '--command-timeout',
    '20s',
  ];
  const { status, stdout, stderr } = spawnSync(officialCli(), args, {
    encoding: 'utf8',
    timeout: COMMAND_LIMIT_MS,
  });
  return { code: status ?? 'none', output: status === 0 ? stdout : stderr || stdout, isOver: status !== null };
}

async function until(address, { wait, until: text }) {
  const deadline = Date.now() + COMMAND_LIMIT_MS;
  for (;;) {
    const result = call(address, wait);
    if (result.output.includes(text)) return result;
    if (Date.now() > deadline) return { ...result, isOver: false };
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

const firstLine = (output) =>
  output
    .trim()
    .split('\n')
    .find((line) => line.trim() !== '')
    ?.slice(0, 160) ?? '';

const UUID = /[0-9a-f]{8}-[0-9a-f-]{27}/g;

/** The paths of all fields in JSON output, lists as one element; of other output nothing. */
function shapeOf(output) {
  const paths = new Set();
  const visit = (value, path) => {
    if (Array.isArray(value)) value.forEach((each) => visit(each, `${path}[]`));
    else if (typeof value === 'object' && value !== null) {
      // Keys of maps are names that somebody chose.
      for (const [key, each] of Object.entries(value)) visit(each, path === '' ? key : `${path}.${key}`);
    } else paths.add(path);
  };
  try {
    visit(JSON.parse(output), '');
  } catch {
    // Several documents, or text for people.
    return [];
  }
  return [...new Set([...paths].map((path) => path.replace(UUID, '*')))].sort();
}

async function startWorker(address, unit) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('cli-worker.mjs', import.meta.url)), address, unit], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), exited]);
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

export const cli = { prepare, run, compare };
