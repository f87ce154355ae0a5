/** `vishkar serve` receives webhooks where the configuration says so, and never without their secret. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { OWNER, REPO } from '../github/github-site.js';
import { commandLine } from '../support/command-line.js';
import { SECRET, sendGithub } from '../webhooks/send-webhook.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('webhooks are received beside the worker, under their secret', async () => {
  vi.stubEnv('TEST_WEBHOOK_SECRET', SECRET);
  const { checkout, start, json } = commandLine();
  const path = join(checkout, 'vishkar.config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as object;
  const sourceHost = { kind: 'github', owner: OWNER, repo: REPO, baseUrl: 'http://127.0.0.1:9/api/v3' };
  const configure = (secretEnv: string) => {
    const webhooks = { port: 0, github: { secretEnv } };
    writeFileSync(path, JSON.stringify({ ...config, sourceHost, webhooks }));
  };
  configure('NO_SUCH_SECRET');
  expect(await json('serve')).toMatchObject({ code: 2, value: { error: { code: 'WEBHOOK_SECRET_MISSING' } } });
  configure('TEST_WEBHOOK_SECRET');
  const serve = start('serve');
  const [, address = ''] = await serve.waitForOutput(/webhooks at (\S+)/, 60_000);
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/webhooks\/github$/);
  const push = { ref: 'refs/heads/vishkar/DEMO-1', repository: { full_name: `${OWNER}/${REPO}` } };
  expect(await sendGithub(address, 'push', push)).toEqual({ status: 202, message: 'push' });
  const forged = await sendGithub(address, 'push', push, { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` });
  expect(forged.status).toBe(401);
  serve.kill('SIGTERM');
  expect(await serve.exited).toMatchObject({ code: 0 });
}, 120_000);
