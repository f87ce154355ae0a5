import { describe, expect, it } from 'vitest';
import { DurationSyntaxError, parseDuration } from '../src/index.js';

describe('parseDuration', () => {
  it.each([
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['2w', 1_209_600_000],
    [' 1d ', 86_400_000],
    ['-45s', -45_000],
  ])('reads %j', (text, milliseconds) => {
    expect(parseDuration(text).milliseconds).toBe(milliseconds);
  });

  it.each([
    ['', 0],
    ['1', 0],
    ['1h x', 3],
    ['1y', 0],
    ['--1h', 1],
  ])('refuses %j and says where it stopped', (text, position) => {
    expect(() => parseDuration(text)).toThrow(DurationSyntaxError);
    expect(() => parseDuration(text)).toThrow(`at position ${String(position)} in "${text}"`);
  });
});
