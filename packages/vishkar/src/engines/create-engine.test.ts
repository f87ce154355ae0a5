import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { createEngine } from './create-engine.js';
import { engineConfigFromEnvironment, engineConfigSchema } from './engine-config.js';

const context = { repository: '/', environment: { PATH: process.env['PATH'] } };

describe('createEngine', () => {
  it('makes each engine from its configuration', async () => {
    const command = createEngine(engineConfigSchema.parse({ engine: 'command', argv: ['sh'], version: '1' }), context);
    expect(await command.describe()).toEqual({ name: 'command', version: '1', model: 'unknown' });

    const repository = temporaryFolder('project');
    const provenance = { engine: 'a person', model: 'none', recordedAt: '2026-01-01', note: '' };
    const recording = { schemaVersion: 1, provenance, rounds: [{ kind: 'implement', round: 1, edits: [] }] };
    writeFileSync(join(repository, 'recording.json'), JSON.stringify(recording));
    cpSync(join(repository, 'recording.json'), join(repository, 'session', 'recording.json'));
    const config = engineConfigSchema.parse({ engine: 'recorded', recording: 'session' });
    expect(await createEngine(config, { ...context, repository }).describe()).toMatchObject({
      recordedFrom: 'a person, 2026-01-01',
    });

    const goose = engineConfigSchema.parse({ engine: 'goose', provider: 'openai', model: 'm' });
    const environment = { GOOSE_BIN: '/no/such/goose' };
    const aider = engineConfigSchema.parse({ engine: 'aider', model: 'm' });
    await expect(
      createEngine(aider, { repository, environment: { AIDER_BIN: '/no/such' } }).describe(),
    ).rejects.toMatchObject({ code: 'ENGINE_NOT_INSTALLED', hint: expect.stringContaining('AIDER_BIN') });
    await expect(createEngine(goose, { repository, environment }).describe()).rejects.toMatchObject({
      code: 'ENGINE_NOT_INSTALLED',
      hint: expect.stringContaining('GOOSE_BIN'),
    });
  });

  it.each([
    ['Aider with a provider whose address nobody knows', { engine: 'aider', provider: 'mine', model: 'm' }],
    ...['goose', 'codex', 'aider'].map((engine): [string, object] => [
      `${engine} with a budget in dollars and no price`,
      { engine, provider: 'openai', model: 'm', budget: { usd: 1 } },
    ]),
    ['an unknown engine', { engine: 'other' }],
    ['an unknown field', { engine: 'goose', provider: 'openai', model: 'm', apiKey: 'sk-1' }],
    ['a command without a program', { engine: 'command', argv: [] }],
    ['a protocol that the engine does not speak', { engine: 'codex', provider: 'anthropic', model: 'm' }],
    ['another', { engine: 'gemini', provider: 'openai', model: 'm' }],
    ['a provider that is nowhere', { engine: 'opencode', provider: 'ollama', model: 'm' }],
    ['an address that is none', { engine: 'qwen', model: 'm', host: 'localhost:11434' }],
    ['an engine without a model', { engine: 'claude' }],
    [
      'hosts without a sandbox',
      { engine: 'command', argv: ['a'], isolation: { level: 'worktree', allowHosts: ['a.example'] } },
    ],
    [
      'a host that is none',
      { engine: 'command', argv: ['a'], isolation: { level: 'bubblewrap', allowHosts: ['https://a'] } },
    ],
    ['a rule without a decision', { engine: 'claude', model: 'm', permissions: [{ kinds: ['read'] }] }],
    [
      'a kind of tool that is none',
      { engine: 'claude', model: 'm', permissions: [{ decision: 'allow', kinds: ['run'] }] },
    ],
    ['a variable with a value in it', { engine: 'command', argv: ['a'], passEnvironment: ['KEY=1'] }],
  ])('refuses %s', (_title, config) => {
    expect(engineConfigSchema.safeParse(config).success).toBe(false);
  });
});

describe('the configuration of an engine over ACP', () => {
  it.each([
    ['codex', 'openai'],
    ['opencode', 'openai'],
    ['qwen', 'openai'],
    ['gemini', 'google'],
    ['claude', 'anthropic'],
    ['openhands', 'openai'],
  ])('of %s needs a model alone; its provider is %s then', async (engine, provider) => {
    const config = engineConfigSchema.parse({ engine, model: 'm' });
    expect(config).toMatchObject({ engine, provider, model: 'm' });
    const variable = { claude: 'CLAUDE_ACP_BIN', codex: 'CODEX_ACP_BIN' }[engine] ?? `${engine.toUpperCase()}_BIN`;
    const environment = { [variable]: '/no/such/engine' };
    await expect(createEngine(config, { repository: '/', environment }).describe()).rejects.toMatchObject({
      code: 'ENGINE_NOT_INSTALLED',
      hint: expect.stringContaining(variable),
    });
  });

  it('takes any provider whose address it is told', () => {
    const config = { engine: 'opencode', provider: 'ollama', model: 'm', host: 'http://localhost:11434' };
    expect(engineConfigSchema.parse(config)).toMatchObject(config);
  });

  it('says what is wrong with a provider, in a sentence', () => {
    const told = (config: object) => engineConfigSchema.safeParse(config).error?.issues[0];
    expect(told({ engine: 'codex', provider: 'anthropic', model: 'm' })).toMatchObject({
      path: ['provider'],
      message: 'codex does not speak the protocol of anthropic; it speaks that of openai',
    });
    expect(told({ engine: 'qwen', provider: 'ollama', model: 'm' })).toMatchObject({ path: ['host'] });
  });
});

describe('engineConfigFromEnvironment', () => {
  it('is undefined when no model is named, also by an empty variable', () => {
    expect(engineConfigFromEnvironment({})).toBeUndefined();
    expect(engineConfigFromEnvironment({ OPENAI_API_KEY: '', GOOSE_PROVIDER: '' })).toBeUndefined();
    expect(engineConfigFromEnvironment({ GOOSE_PROVIDER: 'ollama' })).toBeUndefined();
  });

  it.each([
    [
      { GOOSE_PROVIDER: 'ollama', GOOSE_MODEL: 'm', OLLAMA_HOST: 'http://localhost:1' },
      'ollama',
      'm',
      'http://localhost:1',
    ],
    [{ OPENAI_API_KEY: 'k', OPENAI_MODEL: 'm' }, 'openai', 'm', undefined],
    [{ ANTHROPIC_API_KEY: 'k' }, 'anthropic', 'claude-sonnet-4-5', undefined],
    [{ GOOSE_PROVIDER: 'anthropic', GOOSE_MODEL: 'm', OPENAI_API_KEY: 'k' }, 'anthropic', 'm', undefined],
  ])('takes Goose with what %j names', (environment, provider, model, host) => {
    const config = engineConfigFromEnvironment(environment);
    expect(config).toMatchObject({ engine: 'goose', provider, model });
    expect(config).toEqual(expect.objectContaining(host === undefined ? {} : { host }));
    expect(JSON.stringify(config)).not.toContain('"k"');
  });
});
