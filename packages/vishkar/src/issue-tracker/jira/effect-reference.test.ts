import { describe, expect, it } from 'vitest';
import { carriesReference, labelOf, withReference } from './effect-reference.js';

const MARKER = 'vishkar:MY_PROJ-1/select/1/claim';

describe('the reference of an effect', () => {
  it('is found at the end of a text, also where a person wrote below it', () => {
    const text = withReference('Claimed.', MARKER);
    expect(carriesReference(text, MARKER)).toBe(true);
    expect(carriesReference(`${text}\r\n\r\nThanks!`, MARKER)).toBe(true);
    expect(carriesReference(text, 'another')).toBe(false);
  });

  it('can not be brought in by the text that is written', () => {
    const stolen = withReference('x', 'other').split('\n').at(-1) ?? '';
    const text = withReference(`quoting:\n${stolen}\n${stolen}`, MARKER);
    expect(carriesReference(text, MARKER)).toBe(true);
    expect(carriesReference(text, 'other')).toBe(false);
  });

  it('is there also in a text that is too long for Jira', () => {
    const text = withReference('long '.repeat(20_000), MARKER);
    expect(text.length).toBeLessThan(32_767);
    expect(carriesReference(text, MARKER)).toBe(true);
  });

  it('makes a label of characters that a label may have', () => {
    expect(labelOf(MARKER)).toMatch(/^vishkar-[0-9a-f]{16}$/);
  });
});
