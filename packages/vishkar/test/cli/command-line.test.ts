import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../support/command-line.js';
import { runGit } from '../support/git-repository.js';

describe('the vishkar command', () => {
  it('tells wrong use as one JSON object with --json, and exits with 2', async () => {
    const { json } = commandLine();
    const wrong = [
      ['run', '--bogus'],
      ['bogus'],
      [],
      ['approve'],
      ['approve', 'not-a-key'],
      ['reject', 'DEMO-1'],
      ['steer', 'DEMO-1'],
      ['answer', 'DEMO-1', 'maybe', '--reason', 'x'],
      ['run', 'DEMO-1', '--story', 'x'],
      ['status', '--repository', '/'],
      ['serve', '--port', 'seven'],
      ['serve', '--port', '70000'],
    ];
    for (const { code, value } of await Promise.all(wrong.slice(0, 3).map(async (args) => await json(...args))))
      expect({ code, value }).toMatchObject({
        code: 2,
        value: { error: { code: 'USAGE', hint: expect.stringMatching(/./) } },
      });
    for (const args of wrong.slice(3)) expect(await json(...args)).toMatchObject({ code: 2, value: { error: {} } });
  });

  it('makes and names a local remote where the configured one is elsewhere, keeps the rest, and changes nothing the second time', async () => {
    const { checkout, json } = commandLine();
    const path = join(checkout, 'vishkar.config.json');
    const engine: unknown = (JSON.parse(readFileSync(path, 'utf8')) as { engine: unknown }).engine;
    runGit(checkout, 'remote', 'set-url', 'origin', 'https://example.invalid/demo.git');
    expect(await json('doctor')).toMatchObject({ code: 5 });
    expect(await json('init')).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      engine,
      sourceHost: { kind: 'local-git', remote: 'vishkar' },
    });
    expect(await json('doctor')).toMatchObject({
      code: 0,
      value: { checks: expect.arrayContaining([expect.objectContaining({ name: 'isolation', status: 'ok' })]) },
    });
    const before = readFileSync(path, 'utf8');
    expect(await json('init')).toMatchObject({ code: 0 });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('makes no folder for stories that come from elsewhere, and asks nobody for them', async () => {
    const { checkout, json } = commandLine();
    const path = join(checkout, 'vishkar.config.json');
    const server = { transport: 'http', url: 'http://127.0.0.1:1/mcp', cloudId: 'site' };
    const config = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...config, tracker: { kind: 'jira', jira: { project: 'DEMO', server } } }));
    expect(await json('init')).toMatchObject({ code: 0 });
    expect(existsSync(join(checkout, '.vishkar'))).toBe(false);
  });

  it('takes a story over from a process that was killed, to the merge, and answers for a story that has ended', async () => {
    const { start, json } = commandLine();
    const first = start('run', '--story', 'Add a function that returns the next number');
    await first.waitForOutput(/waits for approval/);
    const second = start('run', '--json');
    await second.waitForOutput(/goes on[\s\S]*waits for approval/);
    first.kill('SIGKILL');
    await first.exited;
    await second.waitForOutput(/takes over[\s\S]*goes on/);

    expect(await json('steer', 'DEMO-1', 'mind the umlauts', '--by', 'Ann')).toMatchObject({
      code: 0,
      value: { by: 'Ann', told: 'the engine is told at its next turn, if there is one' },
    });
    const { value: status } = await json('status', 'DEMO-1');
    expect(status['notes']).toContain('Ann said to the engine at step approve: mind the umlauts');
    const headSha = String(status['headSha']);
    expect(await json('approve', 'DEMO-1', '--head', 'deadbeef')).toMatchObject({ code: 4 });
    expect(await json('approve', 'DEMO-1', '--head', headSha.slice(0, 8))).toMatchObject({
      code: 0,
      value: { headSha },
    });
    expect(await second.exited).toMatchObject({ code: 0 });
    expect(JSON.parse(second.stdout)).toMatchObject({ key: 'DEMO-1', outcome: 'merged' });

    const ended = { code: 4, value: { error: { code: 'STORY_ENDED' } } };
    expect(await json('approve', 'DEMO-1')).toMatchObject(ended);
    expect(await json('cancel', 'DEMO-1')).toMatchObject(ended);
    expect(await json('steer', 'DEMO-1', 'too late')).toMatchObject(ended);
    expect(await json('cancel', 'DEMO-9')).toMatchObject({ code: 4, value: { error: { code: 'STORY_NOT_STARTED' } } });
    // The same call again, as after one that was cut off at its end, shows that end and starts nothing.
    expect(await json('run', 'DEMO-1')).toMatchObject({ code: 0, value: { outcome: 'merged' } });
    expect((await json('list')).value['stories']).toHaveLength(1);
  });

  it('leaves an interrupted story to go on, as one JSON object, and a cancelled one ready to be taken again', async () => {
    const { start, json } = commandLine();
    const run = start('run', '--json', '--story', 'Add a function that returns the next number');
    await run.waitForOutput(/\[ 2\/17\] Implementation/);
    run.kill('SIGINT');
    expect(await run.exited).toMatchObject({ code: 130 });
    expect(JSON.parse(run.stdout)).toMatchObject({ key: 'DEMO-1', interrupted: true });
    expect(await json('cancel', 'DEMO-1')).toMatchObject({ code: 0, value: { cancelled: true } });
    expect((await json('list')).value).toMatchObject({ ready: [{ key: 'DEMO-1' }], stories: [{ state: 'cancelled' }] });
  });
});
