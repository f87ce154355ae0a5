import { describe, expect, it } from 'vitest';
import { projectConfigSchema } from '../config/project-config.js';
import { describeIsolation, describeRole, engineRoles } from './engine-roles.js';

const here = { engine: 'command', argv: ['sh'], version: '1', model: 'm' };
const absent = { engine: 'command', argv: ['/no/such/engine'] };
const context = { repository: '/', environment: { PATH: process.env['PATH'] } };
const rolesOf = (config: object) => engineRoles(projectConfigSchema.parse(config), context);

describe('the engines of a project', () => {
  it('are told by kind of task and in the order in which they are asked, with those that can not run here', async () => {
    const roles = rolesOf({ engine: [absent, here], engines: { 'fix-tests': here } });
    expect(await Promise.all(roles.map(describeRole))).toEqual([
      "none (The engine's command /no/such/engine can't be run here.); then command 1, model m",
      'fix-tests: command 1, model m',
    ]);
  });

  it('are missing when none of a list can run here', async () => {
    const [role] = rolesOf({ engine: [absent, absent] });
    await expect(role && describeRole(role)).rejects.toMatchObject({ code: 'ENGINE_NOT_INSTALLED' });
  });

  it('are told with what their isolation leaves open', async () => {
    const [role] = rolesOf({ engine: [here, { engine: 'recorded', recording: 'folder' }] });
    expect(role && (await describeIsolation(role))).toMatch(
      /^worktree, which leaves open: .*\. no program is started$/,
    );
  });

  it('are told with the hosts that a sandbox reaches', () => {
    const isolation = { level: 'bubblewrap', allowHosts: ['registry.example', '*.docs.example'] };
    const [role] = rolesOf({ engine: { ...here, isolation } });
    expect(role?.choices[0]?.isolation?.gaps[0]).toContain('registry.example, *.docs.example;');
  });

  it('are not healthy in a sandbox that can not be had', async () => {
    const config = projectConfigSchema.parse({ engine: { ...here, isolation: 'bubblewrap' } });
    const [role] = engineRoles(config, { repository: '/', environment: { PATH: '/no/such/folder' } });
    await expect(role && describeIsolation(role)).rejects.toMatchObject({ code: 'ISOLATION_NOT_AVAILABLE' });
  });
});
