import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, DYNAMIC_CONFIG_KEYS, DynamicConfigError, readDynamicConfig } from './dynamic-config.js';

describe('readDynamicConfig', () => {
  it('takes each key of its table, in any case, and changes only what it names', () => {
    for (const each of DYNAMIC_CONFIG_KEYS) {
      const value = each.kind === 'switch' ? true : 7;
      const { settings, unused } = readDynamicConfig({ [each.key.toUpperCase()]: value });
      expect(unused).toEqual([]);
      const expected =
        each.kind === 'switch'
          ? { ...DEFAULT_SETTINGS, [each.setting]: true }
          : {
              ...DEFAULT_SETTINGS,
              limits: { ...DEFAULT_SETTINGS.limits, [each.limit]: each.kind === 'duration' ? 7000 : 7 },
            };
      expect(settings).toEqual(expected);
    }
  });

  it('takes durations as texts and as seconds', () => {
    const msOf = (value: unknown) =>
      readDynamicConfig({ 'matching.longPollExpirationInterval': value }).settings.limits.longPollMs;
    expect([msOf('1m30s'), msOf(90), msOf(0.5)]).toEqual([90_000, 90_000, 500]);
  });

  it('tells keys of the official server that change nothing here, but those that hold anyway', () => {
    const { settings, unused } = readDynamicConfig({
      'history.cacheMaxSize': 5,
      'frontend.enableUpdateWorkflowExecution': true,
    });
    expect([settings, unused]).toEqual([DEFAULT_SETTINGS, ['history.cacheMaxSize']]);
  });

  it.each([
    ['limit.historyCount.error', 0, 'a whole number above 0'],
    ['limit.historyCount.error', '100', 'a whole number above 0'],
    ['limit.historyCount.error', 1.5, 'a whole number above 0'],
    ['limit.historyCount.error', [{ value: 1 }], 'a whole number above 0'],
    ['matching.longPollExpirationInterval', 'soon', 'a duration such as "30s"'],
    ['matching.longPollExpirationInterval', true, 'a duration such as "30s"'],
    ['frontend.ListWorkersEnabled', 'yes', 'true or false'],
    ['limit.historyCount.eror', 5, '"limit.historyCount.error" is one'],
    ['colour', 5, '"colour" is no dynamic configuration key'],
  ])('refuses %s=%j in a sentence', (key, value, sentence) => {
    expect(() => readDynamicConfig({ [key]: value })).toThrow(DynamicConfigError);
    expect(() => readDynamicConfig({ [key]: value })).toThrow(sentence);
  });
});
