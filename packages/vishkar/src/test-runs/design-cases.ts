/**
 * Designs the test cases of a story from its acceptance criteria. Pure and deterministic: the same story gives the same
 * cases with the same ids, so that a retry rewrites the same file. First one positive case per criterion, in order,
 * then one per criterion for what lies outside it.
 */
import type { AcceptanceCriterion, Story } from '../domain/story.js';
import type { TestCase, TestCasesFile } from '../domain/test-case.js';

export function designCases(story: Story): TestCasesFile {
  const criteria = story.acceptanceCriteria.length > 0 ? story.acceptanceCriteria : [{ id: '', text: story.title }];
  const isUrgent = story.priority === 'highest' || story.priority === 'high';
  const designs = [
    ...criteria.map((criterion) => positive(criterion, isUrgent ? 'high' : 'medium')),
    ...criteria.map((criterion) => beyond(criterion, isUrgent ? 'medium' : 'low')),
  ];
  return {
    schemaVersion: 1,
    story: story.key,
    cases: designs.map(({ criterion, ...design }, index) => ({
      ...design,
      id: `TC-${story.key}-${String(index + 1).padStart(3, '0')}`,
      type: typeOf(criterion.text),
      storyLink: criterion.id === '' ? story.key : `${story.key}#${criterion.id}`,
      automation: { status: 'planned' as const, path: '' },
    })),
  };
}

type Design = Omit<TestCase, 'id' | 'type' | 'storyLink' | 'automation'> & { readonly criterion: AcceptanceCriterion };

function positive(criterion: AcceptanceCriterion, priority: TestCase['priority']): Design {
  return {
    criterion,
    title: sentence(criterion.text),
    description: 'Shows that the criterion holds, with its own examples where it gives some.',
    kind: 'positive',
    priority,
    preconditions: [],
    steps: [{ action: 'Do what the criterion describes.', expected: criterion.text, data: examples(criterion.text) }],
  };
}

/** A criterion that is itself about refusing is stressed at its limits; any other is tried with what it must not accept. */
function beyond(criterion: AcceptanceCriterion, priority: TestCase['priority']): Design {
  const isRefusal = /\b(?:refus|reject|invalid|error|throw|fail|never|must not|forbid|deny|denied)/i.test(
    criterion.text,
  );
  return {
    criterion,
    title: `${isRefusal ? 'At the limits' : 'Otherwise'}: ${sentence(criterion.text)}`,
    description: isRefusal
      ? 'Tries the limits of the criterion: the smallest, the largest, the empty, the hostile input.'
      : 'Tries what the criterion does not allow, and shows that nothing wrong comes of it.',
    kind: isRefusal ? 'edge' : 'negative',
    priority,
    preconditions: [],
    steps: [
      isRefusal
        ? { action: 'Do it with input at the limits.', expected: `Still holds: ${criterion.text}`, data: '' }
        : {
            action: 'Do it with input that the criterion does not allow.',
            expected: 'A clear refusal, and no wrong result.',
            data: '',
          },
    ],
  };
}

/** A criterion about a command line, an API or a page is shown across parts; any other by a unit test. */
function typeOf(text: string): TestCase['type'] {
  if (/\b(?:browser|page|screen|click)/i.test(text)) return 'e2e';
  return /\b(?:command|endpoint|API|HTTP|request|database|exit code)\b/i.test(text) ? 'integration' : 'unit';
}

const MAXIMUM_TITLE = 120;

function sentence(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > MAXIMUM_TITLE ? `${line.slice(0, MAXIMUM_TITLE - 1).trimEnd()}…` : line;
}

/** What the criterion quotes as code. */
function examples(text: string): string {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]).join('; ');
}
