import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage } from '@langchain/core/messages';
import { fakeModel } from '@langchain/core/testing';
import { describe, expect, it } from 'vitest';
import { materialOf } from '../../test/support/scripted-panelist.js';
import { reviewersFor } from './model-choice.js';
import { ModelPanelist } from './model-panelist.js';
import type { ModelSeat } from './model-panelist.js';
import { stacksOf } from './tech-stacks.js';
import { TokenAllowance } from './token-allowance.js';

describe('the models of a panel', () => {
  const two = ['anthropic:claude-sonnet-4-5', 'openai:gpt-4.1'];
  it.each([
    ['the author is left out', two, ['anthropic/claude-sonnet-4-5-20250929'], ['openai:gpt-4.1']],
    ['whatever it is called', two, ['gpt-4.1'], ['anthropic:claude-sonnet-4-5']],
    ['all stay when the author is somebody else', two, ['goose-x', 'none', ''], two],
    ['the only one stays, though it wrote the change', ['openai:gpt-4.1'], ['gpt-4.1'], ['openai:gpt-4.1']],
    ['another size is another model', ['ollama:qwen3:8b', 'ollama:llama3:8b'], ['llama3:8b'], ['ollama:qwen3:8b']],
  ])('%s', (_title, models, authors, reviewers) => {
    expect(reviewersFor(models, authors)).toEqual(reviewers);
  });
});

describe('the stacks of a change', () => {
  it('are chosen by its files, most files first, four at most', () => {
    const names = (paths: readonly string[], own = []) => stacksOf(paths, own).map(({ name }) => name);
    expect(names(['a.py', 'b/c.py', 'x.go', 'README.md'])).toEqual(['python', 'go']);
    expect(names(['.github/workflows/ci.yml'])).toEqual(['ci']);
    expect(names(['README.md'])).toEqual([]);
    expect(names(['a.tsx', 'a.ts', 'a.py', 'a.go', 'a.rs', 'a.sql'])).toHaveLength(4);
  });

  it('are joined by those of the project, which may take the place of ours', () => {
    const own = { name: 'python', files: ['jobs/**'], focus: 'our jobs' };
    expect(stacksOf(['jobs/a.py', 'b.py'], [own])).toEqual([own]);
  });
});

/** A model that notes what it is asked, and uses what it says it uses. */
function modelOf(seat: ModelSeat, tokens = 10) {
  const asked: string[] = [];
  const load = () => {
    const raw = Object.assign(new AIMessage(''), {
      usage_metadata: { input_tokens: tokens, output_tokens: tokens, total_tokens: 2 * tokens },
    });
    const model = fakeModel().structuredResponse({ raw, parsed: { claims: [], votes: [] } });
    const inner = model.withStructuredOutput.bind(model);
    const noting = (schema: Record<string, unknown>, options: object) => {
      const runnable = inner(schema, options as never);
      return { invoke: (prompt: string) => (asked.push(prompt), runnable.invoke(prompt)) };
    };
    return Promise.resolve(Object.assign(model, { withStructuredOutput: noting }) as unknown as BaseChatModel);
  };
  return { asked, panelist: new ModelPanelist('fake:a', 'security', { ...seat, load }) };
}

const signal = new AbortController().signal;
const material = {
  ...materialOf('one'),
  readAtBase: (path: string) => Promise.resolve(path === 'prompts/own.md' ? 'Look for dragons.' : undefined),
};

describe('a model on a panel', () => {
  it('is asked by the prompt of the project, as it is at the base, and by our rules all the same', async () => {
    const { asked, panelist } = modelOf({
      promptFile: 'prompts/own.md',
      stack: { name: 'go', focus: 'Go: channels.' },
    });
    expect(await panelist.open(material, signal)).toMatchObject({ status: 'ran' });
    expect(panelist.name).toBe('fake:a (go)');
    expect(asked[0]).toMatch(
      /^Look for dragons\.\n\nYou are there for what concerns Go: channels\.\n\nReport only faults/,
    );
  });

  it('has failed when that prompt is not there, and is not asked', async () => {
    const { asked, panelist } = modelOf({ promptFile: 'prompts/none.md' });
    expect(await panelist.open(material, signal)).toMatchObject({
      status: 'failed',
      note: expect.stringContaining('prompts/none.md') as string,
    });
    expect(asked).toEqual([]);
  });

  it('is unavailable when the panel has no tokens left for it, and what was used is known with its cost', async () => {
    const seat = { allowance: new TokenAllowance(4_000), price: { inputUsdPerMillion: 3, outputUsdPerMillion: 15 } };
    const first = modelOf(seat, 1_500);
    expect(await first.panelist.open(material, signal)).toMatchObject({ status: 'ran' });
    expect(first.panelist.usage()).toEqual({
      source: 'engine',
      inputTokens: 1_500,
      outputTokens: 1_500,
      costUsd: 0.027,
    });
    const second = modelOf(seat);
    expect(await second.panelist.open(material, signal)).toMatchObject({
      status: 'unavailable',
      note: expect.stringMatching(/^the panel's 4000 tokens do not suffice: 3000 are used/) as string,
    });
    expect(second.asked).toEqual([]);
    expect(await second.panelist.judge(material, [], signal)).toEqual([]);
  });
});
