import { describe, expect, it } from 'vitest';
import { isHostAllowed, loopbackPorts, parseAllowedHost } from './allowed-hosts.js';

describe('hosts that a sandbox may reach', () => {
  it.each([
    ['registry.example', 'registry.example', 443, true],
    ['registry.example', 'REGISTRY.example.', 80, true],
    ['registry.example', 'registry.example', 22, false],
    ['registry.example', 'registry.example.evil', 443, false],
    ['registry.example', 'a.registry.example', 443, false],
    ['registry.example:8443', 'registry.example', 8443, true],
    ['registry.example:8443', 'registry.example', 443, false],
    ['*.example', 'a.b.example', 443, true],
    ['*.example', 'example', 443, false],
    ['*.example', 'notexample', 443, false],
    ['10.1.2.3', '10.1.2.3', 443, true],
  ])('%s and %s:%i: %s', (allowed, name, port, answer) => {
    expect(isHostAllowed([parseAllowedHost(allowed)], name, port)).toBe(answer);
  });

  it.each([
    '',
    '*',
    'https://a.example',
    'a.example/',
    'a.example:0',
    'a.example:70000',
    'a b',
    'localhost',
    '127.0.0.1:80',
  ])('are not %o', (text) => {
    expect(() => parseAllowedHost(text)).toThrow();
  });

  it('may be ports of this host', () => {
    expect(loopbackPorts(['localhost:4873', '127.0.0.2:5000', 'a.example:6000'].map(parseAllowedHost))).toEqual([
      4873, 5000,
    ]);
  });
});
