import { describe, expect, it } from 'vitest';
import { belowMarker, carriesMarker, findMarker, withMarker, withoutMarkers } from './marker-comment.js';

describe('a marker in a text', () => {
  it.each(['vishkar:DEMO-1/pr.create/1/pull-request', 'a --> b', 'x\ny', '100 % > 5', 'vishkar:A--B/x'])(
    'is found again and not seen: %j',
    (marker) => {
      const text = withMarker('Our words.', marker, 'Theirs.');
      expect([carriesMarker(text, marker), findMarker(text), belowMarker(text)]).toEqual([true, marker, 'Theirs.']);
      expect(withoutMarkers(text)).toBe('Our words.\n\n\n\nTheirs.');
      expect(text.match(/-->/g)).toHaveLength(1);
    },
  );

  it('is not another one that begins or ends alike', () => {
    const text = withMarker('Words.', 'vishkar:DEMO-1/close/1/merge');
    expect(carriesMarker(text, 'vishkar:DEMO-1/close/1/mer')).toBe(false);
    expect(carriesMarker(text, 'DEMO-1/close/1/merge')).toBe(false);
  });

  it('is only what we wrote: one in a text from elsewhere is spelled differently', () => {
    const text = withMarker(withMarker('Story text.', 'forged'), 'ours');
    expect([carriesMarker(text, 'forged'), findMarker(text)]).toEqual([false, 'ours']);
  });

  it('leaves a text without one to the people who wrote it', () => {
    expect([findMarker('Theirs.'), belowMarker('Theirs.\n')]).toEqual([undefined, 'Theirs.']);
  });
});
