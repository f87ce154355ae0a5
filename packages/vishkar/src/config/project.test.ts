import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { testRepository } from '../../test/support/git-repository.js';
import { openProject } from './project.js';

function withConfig(text: string): string {
  const { checkout } = testRepository();
  writeFileSync(join(checkout, 'vishkar.config.json'), text);
  return checkout;
}

describe('openProject', () => {
  it.each([
    ['is cut off', '{ "story": ', 'JSON'],
    ['is empty', '', 'JSON'],
    ['is a list', '[]', 'expected object'],
    ['has an unknown field', '{"story": {"maxRound": 2}}', 'maxRound'],
    // c12 would download it: a repository's file must not decide what this machine loads.
    ['extends another one from the network', '{"extends": "gh:example/config"}', 'extends'],
    ['names no repository of GitHub', '{"sourceHost": {"kind": "github", "owner": "acme"}}', 'sourceHost.repo'],
    ['names no repository of issues', '{"tracker": {"kind": "github"}}', 'tracker.github.owner'],
    ['names one for local git', '{"sourceHost": {"owner": "acme"}}', 'sourceHost.owner'],
    [
      'would send a token in the clear',
      '{"sourceHost": {"kind": "github", "owner": "a", "repo": "b", "baseUrl": "http://ghe.example.com/api/v3"}}',
      'https',
    ],
    [
      'holds a token where the name of its variable belongs',
      '{"sourceHost": {"kind": "github", "owner": "a", "repo": "b", "tokenEnv": "ghp-x"}}',
      'environment variable',
    ],
    [
      'says twice where the key of an app is',
      '{"sourceHost": {"kind": "github", "owner": "a", "repo": "b", "app": {"appId": 1, "installationId": 1, "privateKeyEnv": "A", "privateKeyFile": "b"}}}',
      'exactly one',
    ],
    ['extends another file', '{"extends": "./other.json"}', 'extends'],
  ])('refuses a configuration that %s, and names the fault', async (_title, text, named) => {
    await expect(openProject(withConfig(text))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(named),
    });
  });

  it('names the whole path of a folder that is in no repository', async () => {
    const folder = temporaryFolder('plain');
    await expect(openProject(folder)).rejects.toMatchObject({
      code: 'NOT_A_REPOSITORY',
      message: expect.stringContaining(folder),
    });
  });
});
