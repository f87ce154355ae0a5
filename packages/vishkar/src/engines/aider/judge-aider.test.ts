import { describe, expect, it } from 'vitest';
import type { ModelCall } from '../model-access.js';
import { judgeAider } from './judge-aider.js';
import type { AiderFacts } from './judge-aider.js';

const exited = (exitCode = 0, signalName?: string) => ({ kind: 'exited', exitCode, signalName }) as const;
const call = (status: number, more: Partial<ModelCall> = {}): ModelCall => ({
  method: 'POST',
  path: '/v1/chat/completions',
  usesModel: true,
  status,
  milliseconds: 5,
  ...more,
});
const SPENT = { detail: 'the budget is used up' };
const used = { source: 'proxy', inputTokens: 100, outputTokens: 20 } as const;
const judge = (facts: Partial<AiderFacts>) =>
  judgeAider({
    end: exited(),
    calls: [call(200)],
    usage: used,
    stopped: undefined,
    hasWork: false,
    said: '',
    ...facts,
  });

describe('judgeAider', () => {
  it.each<[string, Partial<AiderFacts>, string, boolean]>([
    ['left work', { hasWork: true }, 'edited', false],
    ['left work and exits with 1', { hasWork: true, end: exited(1) }, 'edited', false],
    ['left nothing', {}, 'no_change', false],
    ['left nothing and exits with 1', { end: exited(1) }, 'engine_error', true],
    ['reached no model, whatever lies there', { calls: [], usage: undefined, hasWork: true }, 'engine_error', true],
    ['was refused its key', { calls: [call(200), call(401)], hasWork: true }, 'engine_error', false],
    ['met an outage last', { calls: [call(200), call(503)], hasWork: true }, 'engine_error', true],
    ['got over an outage', { calls: [call(503), call(200)], hasWork: true }, 'edited', false],
    ['had its last answer cut off', { calls: [call(200, { cut: true })], hasWork: true }, 'engine_error', true],
    ['was answered nothing', { usage: { ...used, outputTokens: 0 } }, 'engine_error', true],
    ['was killed by somebody', { end: exited(-1, 'SIGKILL'), hasWork: true }, 'engine_error', true],
    ['used up its budget', { stopped: SPENT, hasWork: true }, 'engine_error', false],
    ['took too long', { end: { kind: 'timeout', idle: false }, hasWork: true }, 'timeout', true],
    ['was stopped', { end: { kind: 'cancelled' }, stopped: SPENT }, 'cancelled', true],
    ['kept failing', { end: { kind: 'outage' }, calls: [call(500)] }, 'engine_error', true],
  ])('of one that %s', (_title, facts, outcome, retryable) => {
    expect(judge(facts)).toMatchObject({ outcome, retryable });
  });

  it('tells what Aider said last, but for what explains nothing', () => {
    const said = 'litellm.InternalServerError: overloaded\nRetrying in 0.2 seconds...\n\n';
    expect(judge({ calls: [call(500)], said }).detail).toBe(
      "Aider's last call to the model was answered with status 500: litellm.InternalServerError: overloaded",
    );
  });
});
