import { expect, it } from 'vitest';
import { withTestsOfHead } from './rust-inline-tests.js';

const tests = (body: string) => `#[cfg(test)]\nmod tests {\n    ${body}\n}\n`;

it('gives product code as it was the tests of the head', () => {
  const base = `pub fn one() -> u8 { 1 }\n\n${tests('old')}`;
  const head = `pub fn one() -> u8 { 2 }\n\n${tests('new')}`;
  expect(withTestsOfHead('src/lib.rs', base, head)).toBe(`pub fn one() -> u8 { 1 }\n\n${tests('new')}`);
  expect(withTestsOfHead('src/lib.rs', 'pub fn one() {}\n', head)).toBe(`pub fn one() {}\n\n${tests('new')}`);
});

it('leaves files as they were where the head has no such tests, or that are no Rust', () => {
  expect(withTestsOfHead('src/lib.rs', 'old\n', 'new\n')).toBe('old\n');
  expect(withTestsOfHead('src/lib.ts', 'old\n', tests('new'))).toBe('old\n');
});
