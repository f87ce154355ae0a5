/**
 * What a person did to a story in its tracker while it was under work, and what Vishkar does about it (docs/trackers.md has the
 * table). Pure. Their word stands: nothing here is ever put back.
 */
import type { Story } from './story.js';

export type StoryChange =
  | { readonly kind: 'none' }
  /** Nothing is left to be done, or it is not wanted any more. */
  | { readonly kind: 'ended'; readonly what: string }
  /** It shall not go on for now. */
  | { readonly kind: 'held'; readonly what: string }
  | { readonly kind: 'reassigned'; readonly what: string }
  /** Another text than the one that is worked from. */
  | { readonly kind: 'edited'; readonly what: string };

/** The first thing that has to be dealt with; `known` is the story as it was last dealt with. */
export function storyChange(known: Story, now: Story | null): StoryChange {
  if (now === null) return { kind: 'ended', what: 'it was deleted in the tracker, or is hidden from us now' };
  if (now.status === 'done' || now.status === 'cancelled')
    return { kind: 'ended', what: `somebody set it to "${now.status}" in the tracker` };
  if (now.status !== known.status && (now.status === 'blocked' || now.status === 'todo'))
    return { kind: 'held', what: `somebody set it to "${now.status}" in the tracker` };
  if (now.assignee !== known.assignee)
    return {
      kind: 'reassigned',
      what: `it is assigned to ${now.assignee ?? 'nobody'} now, and was to ${known.assignee ?? 'nobody'}`,
    };
  const edits = textEdits(known, now);
  return edits.length === 0 ? { kind: 'none' } : { kind: 'edited', what: edits.join('; ') };
}

/** What differs in what an engine is told, one part each; priorities and links do not count. */
function textEdits(before: Story, now: Story): readonly string[] {
  const criteria = (story: Story) => story.acceptanceCriteria.map(({ text }) => text);
  const added = criteria(now).filter((each) => !criteria(before).includes(each));
  const removed = criteria(before).filter((each) => !criteria(now).includes(each));
  const isReordered = added.length + removed.length === 0 && criteria(before).join('\n') !== criteria(now).join('\n');
  return [
    ...(before.title === now.title ? [] : [`title "${now.title}", was "${before.title}"`]),
    ...(before.description === now.description ? [] : ['another description']),
    ...added.map((text) => `new criterion "${text}"`),
    ...removed.map((text) => `criterion gone "${text}"`),
    ...(isReordered ? ['criteria in another order'] : []),
  ];
}
