/** Which service a command talks to when several begin at once. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { testRepository } from '../../test/support/git-repository.js';
import { openProject } from '../config/project.js';
import { accessTemporal } from './temporal-access.js';

it('commands that begin at the same instant share one embedded service; none fails on the database of the other', async () => {
  const repository = testRepository();
  const project = await openProject(repository.checkout, { VISHKAR_HOME: join(repository.root, 'state') });
  const found = await Promise.all([1, 2, 3].map(async () => await accessTemporal(project, {}, '0')));
  onTestFinished(async () => {
    for (const access of found) await access.close();
  });
  expect(found.map(({ kind }) => kind).sort()).toEqual(['running', 'running', 'started']);
  expect(new Set(found.map(({ clusterId }) => clusterId)).size).toBe(1);
});
