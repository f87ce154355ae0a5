import { describe, expect, it } from 'vitest';
import { apiAddress, providerApi } from './provider-api.js';

describe('the address of a provider', () => {
  it.each([
    ['openai', undefined, 'https://api.openai.com/v1'],
    ['openrouter', undefined, 'https://openrouter.ai/api/v1'],
    ['google', undefined, 'https://generativelanguage.googleapis.com/v1beta'],
    ['openai', 'http://127.0.0.1:1234', 'http://127.0.0.1:1234/v1'],
    ['ollama', 'http://localhost:11434/', 'http://localhost:11434/v1'],
    ['anthropic', 'https://gateway.example/team', 'https://gateway.example/team/v1'],
  ])('of %s at %s is %s', (provider, host, address) => {
    expect(apiAddress(provider, host)).toBe(address);
  });

  it('speaks the protocol of OpenAI where it is not known by name, whatever the name', () => {
    for (const name of ['ollama', 'constructor', '__proto__'])
      expect(providerApi(name)).toMatchObject({ wire: 'openai', path: '/v1' });
    expect(providerApi('ollama').host).toBeUndefined();
  });

  it('has its key in the usual variable', () => {
    expect(providerApi('my-gateway').keyVariables).toEqual(['MY_GATEWAY_API_KEY']);
    expect(providerApi('google').keyVariables).toEqual(['GEMINI_API_KEY', 'GOOGLE_API_KEY']);
  });
});
