/** What each engine is told, and where its key is: the parts of a profile that need no engine to be shown. */
import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import type { ModelSettings } from '../model-settings.js';
import { acpProfiles } from './acp-profiles.js';
import { writeHomeFiles } from '../home-files.js';

const TOKEN = 'token-of-the-meter';
const HOST = 'http://127.0.0.1:4711';
const settings = (provider: string): ModelSettings => ({ provider, model: 'a "model"', host: HOST, apiKey: TOKEN });
const all = Object.entries(acpProfiles);
const fileOf = (name: keyof typeof acpProfiles, provider: string): string =>
  acpProfiles[name].files?.(settings(provider)).at(-1)?.content ?? '';

describe('each engine', () => {
  it.each(all)(
    '%s is told its model, the address of the meter and its token, and where to keep its things',
    (name, profile) => {
      const provider = { gemini: 'google', claude: 'anthropic' }[name] ?? 'openai';
      const files = profile.files?.(settings(provider)) ?? [];
      const told = JSON.stringify([profile.environment(settings(provider), '/home/of/story'), files]);
      for (const part of ['model', HOST, TOKEN]) expect(told).toContain(part);
      for (const { path } of files) expect(path).not.toMatch(/^\/|\.\./);
    },
  );

  it.each(all.filter(([name]) => name !== 'openhands'))('%s has its key in no file', (_name, profile) => {
    expect(JSON.stringify(profile.files?.(settings('openai')) ?? [])).not.toContain(TOKEN);
  });

  it.each(all)('%s is pinned where it is installed by our own command', (_name, { program: { npm, install } }) => {
    if (npm?.folder === undefined) return;
    const manifest = fileURLToPath(new URL(`../../../../../${npm.folder}/package.json`, import.meta.url));
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      dependencies?: Record<string, string>;
      optionalDependencies?: Record<string, string>;
    };
    const pinned = { ...dependencies, ...optionalDependencies };
    const names = npm.packages.map((each) => each.replace('{platform}', 'linux').replace('{arch}', 'x64'));
    expect(names.some((each) => /^\d+\.\d+\.\d+$/.test(pinned[each] ?? ''))).toBe(true);
    expect(install).toMatch(new RegExp(`^npm run engines:install( -- ${npm.folder.replace('engines/', '')})?$`));
  });
});

describe('the settings of', () => {
  it('Codex name the responses wire, few retries of its own, and survive any name of a model', () => {
    const config = fileOf('codex', 'openai');
    expect(config).toContain('wire_api = "responses"');
    expect(config).toContain('model = "a \\"model\\""');
    expect(config).toContain(`base_url = "${HOST}/v1"`);
    expect(config).toMatch(/request_max_retries = 1\nstream_max_retries = 1/);
  });

  it.each([
    ['openai', '@ai-sdk/openai-compatible', `${HOST}/v1`],
    ['anthropic', '@ai-sdk/anthropic', `${HOST}/v1`],
    ['google', '@ai-sdk/google', `${HOST}/v1beta`],
    ['openrouter', '@ai-sdk/openai-compatible', `${HOST}/api/v1`],
  ])('OpenCode for %s name the client %s, and no other model even for titles', (provider, client, baseURL) => {
    const { OPENCODE_CONFIG_CONTENT: content = '' } = acpProfiles.opencode.environment(settings(provider), '/h');
    const config = JSON.parse(content) as { provider: Record<string, unknown>; model: string; small_model: string };
    expect(config.provider['vishkar']).toMatchObject({ npm: client, options: { baseURL } });
    expect(config.small_model).toBe(config.model);
  });

  it.each([
    ['openai', 'openai', { OPENAI_BASE_URL: `${HOST}/v1` }],
    ['anthropic', 'anthropic', { ANTHROPIC_BASE_URL: HOST }],
  ])('Qwen Code for %s choose the wire of %s, and no second agent', (provider, selectedType, variables) => {
    expect(acpProfiles.qwen.environment(settings(provider), '/h')).toMatchObject(variables);
    expect(JSON.parse(fileOf('qwen', provider))).toMatchObject({
      security: { auth: { selectedType } },
      memory: { enableManagedAutoMemory: false },
    });
  });

  it.each([
    ['openai', 'openai/a "model"', `${HOST}/v1`],
    ['anthropic', 'anthropic/a "model"', HOST],
    ['google', 'gemini/a "model"', HOST],
  ])('OpenHands for %s are in its file, which it reads only', (provider, model, base_url) => {
    expect(JSON.parse(fileOf('openhands', provider))).toMatchObject({ llm: { model, base_url, api_key: TOKEN } });
  });
});

describe('settings in a home', () => {
  it('are for their owner only, and are not written through a link that somebody left there', async () => {
    const home = temporaryFolder('home');
    const elsewhere = join(temporaryFolder('elsewhere'), 'file');
    writeFileSync(elsewhere, 'mine');
    for (const name of ['settings', 'settings.new']) symlinkSync(elsewhere, join(home, name));
    await writeHomeFiles(home, [
      { path: 'settings', content: 'ours' },
      { path: 'a/b', content: 'deep' },
    ]);
    expect(readFileSync(elsewhere, 'utf8')).toBe('mine');
    expect(readFileSync(join(home, 'settings'), 'utf8')).toBe('ours');
    expect(readFileSync(join(home, 'a/b'), 'utf8')).toBe('deep');
    expect(statSync(join(home, 'settings')).mode & 0o777).toBe(0o600);
  });
});
