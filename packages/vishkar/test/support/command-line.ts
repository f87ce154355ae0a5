/** Runs the built `vishkar` command on a small JavaScript project whose engine is a program of the test. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { startChild } from '@vishkar/testkit';
import type { StartedChild } from '@vishkar/testkit';
import { testRepository } from './git-repository.js';
import type { TestRepository } from './git-repository.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Adds a function and, when cases are named in the prompt, a test for each. */
const ENGINE = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const cases = [...new Set(readFileSync(process.argv[2], 'utf8').match(/TC-[A-Z]+-\\d+-\\d+/g) ?? [])];
if (cases.length === 0) writeFileSync('src/next.js', 'export function next(n) {\\n  return n + 1;\\n}\\n');
else writeFileSync('test/next.test.js', "import test from 'node:test';\\nimport assert from 'node:assert';\\n" +
  "import { next } from '../src/next.js';\\n" + cases.map((id) => "test('" + id + "', () => assert.equal(next(1), 2));").join('\\n') + '\\n');
`;

const PROJECT = {
  'package.json': JSON.stringify({
    name: 'demo',
    version: '1.0.0',
    type: 'module',
    scripts: { test: 'node --test', lint: 'node --check src/first.js' },
  }),
  'src/first.js': 'export const first = () => 1;\n',
  'test/first.test.js':
    "import test from 'node:test';\nimport assert from 'node:assert';\nimport { first } from '../src/first.js';\n" +
    "test('first', () => assert.equal(first(), 1));\n",
};

export interface CommandLine extends TestRepository {
  /** VISHKAR_HOME of the commands. */
  readonly home: string;
  /** Starts `vishkar <args>` in the checkout; ended with the test. */
  start(...args: readonly string[]): StartedChild;
  /** Runs `vishkar <args> --json` to its end. */
  json(...args: readonly string[]): Promise<{ readonly code: number | null; readonly value: Record<string, unknown> }>;
}

/** `environment`: what commands get on top; asked for at each start. */
export function commandLine(environment: () => NodeJS.ProcessEnv = () => ({})): CommandLine {
  const repository = testRepository(PROJECT);
  const engine = join(repository.root, 'engine.mjs');
  writeFileSync(engine, ENGINE);
  writeFileSync(
    join(repository.checkout, 'vishkar.config.json'),
    JSON.stringify({ engine: { engine: 'command', argv: [process.execPath, engine, '{promptFile}'] } }),
  );
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(GOOSE_|OPENAI_|ANTHROPIC_|TEMPORAL_|VISHKAR_)/.test(name),
  );
  const home = join(repository.root, 'state');
  const env = { ...Object.fromEntries(own), VISHKAR_HOME: home };
  const start = (...args: readonly string[]) => {
    const child = startChild(process.execPath, [MAIN, ...args], {
      cwd: repository.checkout,
      env: { ...env, ...environment() },
    });
    onTestFinished(async () => {
      await child.stop();
    });
    return child;
  };
  return {
    ...repository,
    home,
    start,
    json: async (...args) => {
      const child = start(...args, '--json');
      const { code } = await child.exited;
      return { code, value: JSON.parse(child.stdout) as Record<string, unknown> };
    },
  };
}
