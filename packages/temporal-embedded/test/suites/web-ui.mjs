/**
 * The Temporal Web UI in Chromium: people's ways through its pages, the same on both servers. A way passes when the page shows
 * what is there, what was clicked has its effect (asked of the server, not of the page), and no request of the page was refused.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { chromium } from 'playwright-core';
import { freePort } from './servers.mjs';
import { WAYS } from './web-ui-ways.mjs';

/** The version that comes with the official CLI of these suites. */
const VERSION = 'v2.42.1';
const STEP_LIMIT_MS = 30_000;
const START_LIMIT_MS = 60_000;

const goBin = process.env.GOBIN ?? join(process.env.GOPATH ?? join(homedir(), 'go'), 'bin');
const onPath = (name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));

function program(...paths) {
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      // Not here: the next one may be.
      return false;
    }
  });
}

const uiServer = () =>
  process.env.TEMPORAL_UI_SERVER ?? program(join(goBin, 'temporal-ui-server'), join(goBin, 'server'));
const browserPath = () => process.env.CHROMIUM_PATH ?? program(...onPath('chromium'), ...onPath('google-chrome'));

function prepare() {
  if (uiServer() === undefined)
    return {
      missing: `the Web UI (go install github.com/temporalio/ui-server/v2/cmd/server@${VERSION}, or TEMPORAL_UI_SERVER)`,
    };
  if (browserPath() === undefined) return { missing: 'Chromium (apt-get install chromium, or CHROMIUM_PATH)' };
  return { title: `ways through the Web UI ${VERSION} in Chromium`, units: Object.keys(WAYS) };
}

async function run(unit, { address }) {
  const stage = await Stage.open(address);
  try {
    await WAYS[unit].prepare?.(stage);
    const tests = [];
    for (const [title, way] of Object.entries(WAYS[unit].ways)) tests.push([title, await stage.walk(title, way)]);
    return tests;
  } finally {
    await stage.close();
  }
}

/** The Web UI on a server, a browser before it, a worker behind it, and a client that knows better. */
class Stage {
  #closers = [];
  #refused = [];

  static async open(address) {
    const stage = new Stage();
    try {
      stage.address = address;
      await stage.#startWorker(address);
      await stage.#startUi(address);
      stage.connection = await Connection.connect({ address });
      stage.#closers.push(() => stage.connection.close());
      stage.client = new Client({ connection: stage.connection });
      const browser = await chromium.launch({
        executablePath: browserPath(),
        args: ['--no-sandbox'],
        timeout: 120_000,
      });
      stage.#closers.push(() => browser.close());
      stage.page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
      stage.page.setDefaultTimeout(STEP_LIMIT_MS);
      stage.page.on('response', (response) => {
        if (response.status() >= 400) stage.#refused.push(`${response.status()} ${new URL(response.url()).pathname}`);
      });
      stage.page.on('pageerror', (error) => stage.#refused.push(error.message));
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  async walk(title, way) {
    this.#refused = [];
    try {
      await way(this);
      await this.shoot(title);
      const [refused] = this.#refused;
      return refused === undefined ? { passed: true } : { passed: false, note: `the page was refused: ${refused}` };
    } catch (error) {
      await this.shoot(`failed ${title}`);
      return { passed: false, note: error.message.split('\n').slice(0, 2).join(' ') };
    }
  }

  /** For a way that asks for what the server refuses. */
  allowRefusals() {
    this.#refused = [];
  }

  /** Opens a page. */
  async go(path) {
    await this.page.goto(`${this.url}${path}`, { waitUntil: 'domcontentloaded' });
  }

  async sees(...texts) {
    for (const text of texts) await this.page.getByText(text).locator('visible=true').first().waitFor();
  }

  async clicks(role, name) {
    await this.page.getByRole(role, { name }).first().click();
  }

  /** Until the server says so. */
  async becomes(what, ask) {
    const until = Date.now() + STEP_LIMIT_MS;
    while (!(await ask(this.client))) {
      if (Date.now() > until) throw new Error(`the server never said: ${what}`);
      await this.page.waitForTimeout(200);
    }
  }

  /** With WEB_UI_SHOTS=FOLDER, pictures to look at. */
  async shoot(title) {
    const folder = process.env.WEB_UI_SHOTS;
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${title.replace(/\W+/g, '-')}.png`) });
  }

  async close() {
    for (const closer of this.#closers.splice(0).reverse()) await closer();
  }

  async #startWorker(address) {
    const file = fileURLToPath(new URL('cli-worker.mjs', import.meta.url));
    const child = this.#spawn(process.execPath, [file, address, 'web-ui']);
    await ready(child, /ready/);
  }

  async #startUi(address) {
    const folder = mkdtempSync(join(tmpdir(), 'web-ui-'));
    this.#closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    mkdirSync(join(folder, 'config'));
    const settings = [
      `temporalGrpcAddress: ${address}`,
      'host: 127.0.0.1',
      `port: ${port}`,
      'enableUi: true',
      'defaultNamespace: default',
      'notifyOnNewVersion: false',
      `cors: { cookieInsecure: true, allowOrigins: ["${this.url}"] }`,
    ];
    writeFileSync(join(folder, 'config/suite.yaml'), `${settings.join('\n')}\n`);
    this.#spawn(uiServer(), ['--root', folder, '--config', 'config', '--env', 'suite', 'start']);
    const until = Date.now() + START_LIMIT_MS;
    while (
      !(await fetch(`${this.url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (Date.now() > until) throw new Error('The Web UI did not start.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  #spawn(command, args) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = once(child, 'close');
    child.stdout.resume();
    this.#closers.push(async () => {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(force);
    });
    return child;
  }
}

function ready(child, pattern) {
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => pattern.test(String(text)) && resolve());
    child.once('close', () => reject(new Error('The worker did not start.')));
  });
}

export const webUi = { prepare, run };
