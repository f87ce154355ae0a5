import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCriteria, parseStoryText, renderStoryText } from './story-text.js';

describe('parseStoryText', () => {
  it.each(['## Acceptance criteria', '**Acceptance Criteria:**', 'Acceptance criteria:', '### Acceptance Criteria :'])(
    'finds the criteria under %j',
    (heading) => {
      const text = `Why.\n\n${heading}\n\n1. one\n2. two\n   goes on\n\n## Notes\n\nlast`;
      expect(parseStoryText(text)).toEqual({
        description: 'Why.\n\n## Notes\n\nlast',
        criteria: ['one', 'two goes on'],
      });
    },
  );

  it('leaves a text without such a heading alone', () => {
    const text = 'The acceptance criteria are unclear.\n\n- a\n- b';
    expect(parseStoryText(text)).toEqual({ description: text, criteria: [] });
  });

  it('ends with the list, and keeps what follows in the description', () => {
    expect(parseStoryText('Acceptance criteria\n- [ ] a\n- [x] b\n\nSee also.')).toEqual({
      description: 'See also.',
      criteria: ['a', 'b'],
    });
  });

  it('takes inner items to their criterion, and paragraphs where there is no list', () => {
    expect(parseCriteria('- a\n  - b\n- c')).toEqual(['a b', 'c']);
    expect(parseCriteria('Given x\nWhen y\nThen z\n\nGiven q')).toEqual(['Given x When y Then z', 'Given q']);
  });

  it('reads back what it wrote', () => {
    const line = fc.stringMatching(/^[A-Za-z"][A-Za-z0-9 ".,:]{0,30}[a-z.]$/).map((text) => text.replace(/ +/g, ' '));
    fc.assert(
      fc.property(line, fc.array(line, { maxLength: 4 }), (description, criteria) => {
        fc.pre(!/acceptance/i.test(description));
        expect(parseStoryText(renderStoryText({ description, criteria }))).toEqual({ description, criteria });
      }),
    );
  });
});
