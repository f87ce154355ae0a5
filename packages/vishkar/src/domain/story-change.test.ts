import { describe, expect, it } from 'vitest';
import type { Story } from './story.js';
import { storyChange } from './story-change.js';

const known: Story = {
  key: 'DEMO-1',
  title: 'A story',
  description: 'Text',
  status: 'in_progress',
  priority: 'medium',
  acceptanceCriteria: [{ id: 'AC-1', text: 'It works' }],
  blockedBy: [],
  url: '',
  revision: 'r1',
};

describe('storyChange', () => {
  it.each([
    ['nothing', {}, 'none'],
    ['another priority, more links', { priority: 'high', blockedBy: ['DEMO-2'], revision: 'r2' }, 'none'],
    ['moved on', { status: 'in_review' }, 'none'],
    ['put back', { status: 'todo' }, 'held'],
    ['blocked', { status: 'blocked' }, 'held'],
    ['done', { status: 'done' }, 'ended'],
    ['cancelled, whatever else', { status: 'cancelled', assignee: 'ann', title: 'x' }, 'ended'],
    ['assigned', { assignee: 'ann' }, 'reassigned'],
    ['another title', { title: 'Another' }, 'edited'],
    ['another criterion', { acceptanceCriteria: [{ id: 'AC-1', text: 'It flies' }] }, 'edited'],
  ] as const)('%s', (_name, change, kind) => {
    expect(storyChange(known, { ...known, ...change } as Story).kind).toBe(kind);
  });

  it('takes a story that is not there for ended', () => {
    expect(storyChange(known, null)).toMatchObject({ kind: 'ended' });
  });

  it('says what is new and what is gone', () => {
    const now = { ...known, title: 'B', acceptanceCriteria: [{ id: 'AC-1', text: 'It flies' }] };
    expect(storyChange(known, now)).toMatchObject({
      what: 'title "B", was "A story"; new criterion "It flies"; criterion gone "It works"',
    });
  });

  it('does not take a state for a move that the story was in before', () => {
    const held = { ...known, status: 'blocked' } as const;
    expect(storyChange(held, held).kind).toBe('none');
  });
});
