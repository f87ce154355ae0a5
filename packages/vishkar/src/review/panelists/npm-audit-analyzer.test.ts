/** The real npm, against a registry of the test. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { changeOf } from '../../../test/support/reviewed-change.js';
import { AnalyzerPanelist } from '../analyzer-panelist.js';
import { openMaterial } from '../review-material.js';
import { NpmAuditAnalyzer } from './npm-audit-analyzer.js';

const advisory = {
  id: 1,
  url: 'https://advisories.example/1',
  title: 'Prototype pollution',
  severity: 'high',
  vulnerable_versions: '<2.0.0',
  cwe: [],
  cvss: { score: 0, vectorString: null },
};

let refuses = false;
const registry = createServer((request, response) => {
  const isAudit = request.url?.endsWith('/advisories/bulk') === true && !refuses;
  response.writeHead(isAudit ? 200 : 405, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isAudit ? { left: [advisory], old: [{ ...advisory, id: 2 }] } : {}));
});
beforeAll(() => new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => registry.close(resolve)));

const dependencies = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
const project = (...names: readonly string[]) => ({
  'package.json': JSON.stringify({ name: 'a', version: '1.0.0', dependencies: dependencies(names) }, null, 2),
  'package-lock.json': JSON.stringify(
    {
      name: 'a',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: {
        '': { name: 'a', version: '1.0.0', dependencies: dependencies(names) },
        ...Object.fromEntries(names.map((name) => [`node_modules/${name}`, { version: '1.0.0' }])),
      },
    },
    null,
    2,
  ),
});

async function opening(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  const { port } = registry.address() as AddressInfo;
  const environment = { ...process.env, npm_config_registry: `http://127.0.0.1:${String(port)}/` };
  const material = await openMaterial(await changeOf(before, after));
  return await new AnalyzerPanelist(new NpmAuditAnalyzer(environment)).open(material, new AbortController().signal);
}

it('names holes of the versions that the change brings in, and none that were there before', async () => {
  const { status, claims } = await opening(project('old'), project('left', 'old'));
  expect(status).toBe('ran');
  expect(claims).toEqual([
    expect.objectContaining({
      severity: 'high',
      issue: 'left 1.0.0: Prototype pollution',
      file: 'package-lock.json',
      line: 14,
    }),
  ]);
});

it('is unavailable, not clean, when the registry refuses', async () => {
  refuses = true;
  expect(await opening(project('old'), project('left', 'old'))).toMatchObject({ status: 'unavailable', claims: [] });
});

it('asks nobody when no lockfile changes', async () => {
  expect(await opening({}, { 'a.ts': 'export const a = 1;\n' })).toEqual({
    status: 'ran',
    claims: [],
    note: '0 files',
  });
});
