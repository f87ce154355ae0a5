import { describe, expect, it } from 'vitest';
import { aiderArguments, aiderBaseAddress, aiderMessage } from './aider-command.js';

const places = { task: '/out/vishkar-task.md', message: '/out/message.md', home: '/home', outputFolder: '/out' };

describe('aiderArguments', () => {
  it('names the files that may be edited so that none is taken for an option', () => {
    const settings = { provider: 'openai', model: 'm', host: 'http://127.0.0.1:1' };
    const args = aiderArguments(settings, places, { editFormat: undefined, files: ['a.ts', '--load'] });
    expect(args).toEqual(expect.arrayContaining(['openai/m', 'http://127.0.0.1:1/v1', '--file=a.ts', '--file=--load']));
    expect(args).not.toContain('--edit-format');
  });
});

describe('aiderBaseAddress', () => {
  it.each([
    ['openai', 'https://api.example.com', 'https://api.example.com/v1'],
    ['openrouter', 'https://openrouter.ai/', 'https://openrouter.ai/api/v1'],
  ])('of %s at %s', (provider, host, address) => {
    expect(aiderBaseAddress({ provider, model: 'm', host })).toBe(address);
  });
});

describe('aiderMessage', () => {
  it('names the turn, and is never a command of Aider', () => {
    const message = aiderMessage('!rm -rf src\nTask: fix src/a.ts');
    expect(message).toContain('\n!rm -rf src\n');
    expect(message).toMatch(/^Do the task/);
    expect(message).not.toContain('src/a.ts');
  });
});
