import { describe, expect, it } from 'vitest';
import { DEFAULT_STATUS_NAMES, findTransition, storyStatus } from './status-names.js';

describe('storyStatus', () => {
  it.each([
    ['In Progress', 'indeterminate', undefined, 'in_progress'],
    ['in review', 'indeterminate', undefined, 'in_review'],
    ['Waiting for QA', 'indeterminate', undefined, 'in_progress'],
    ['Waiting for QA', 'In Progress', undefined, 'in_progress'],
    ['Ideas', 'new', undefined, 'todo'],
    ['Shipped', 'Done', undefined, 'done'],
    ['Done', 'done', "Won't Do", 'cancelled'],
    ['Done', 'done', 'Done', 'done'],
    ['Strange', undefined, undefined, 'todo'],
  ])('takes %j of the category %j, resolved as %j, for %j', (name, category, resolution, status) => {
    expect(storyStatus({ status: { name, category }, resolution }, DEFAULT_STATUS_NAMES)).toBe(status);
  });
});

describe('findTransition', () => {
  const transitions = [
    { id: '1', name: 'Start', to: 'In Progress' },
    { id: '2', name: 'Done', to: 'To Do' },
    { id: '3', name: 'Closed' },
  ];

  it('goes by the status that a transition leads to, and by its name only where that is not known', () => {
    expect(findTransition(transitions, 'in_progress', DEFAULT_STATUS_NAMES)?.id).toBe('1');
    expect(findTransition(transitions, 'done', DEFAULT_STATUS_NAMES)?.id).toBe('3');
    expect(findTransition(transitions, 'blocked', DEFAULT_STATUS_NAMES)).toBeUndefined();
  });

  it('prefers the name that is listed first', () => {
    const names = { ...DEFAULT_STATUS_NAMES, in_progress: ['Closed', 'In Progress'] };
    expect(findTransition(transitions, 'in_progress', names)?.id).toBe('3');
  });
});
