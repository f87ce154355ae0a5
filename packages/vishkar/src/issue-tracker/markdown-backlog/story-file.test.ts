import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STORY_STATUSES, storySchema } from '../../domain/story.js';
import { parseStoryFile, renderStoryFile, withStatus } from './story-file.js';
import { appendEntry, findEntry } from './story-log.js';

const HAND_WRITTEN = `---
# planned with Eve
title:   "Parse: ISO durations"   # keep the quotes
key: DEMO-1
status:  To Do    # moved by hand
estimate: {points: 3}
priority: High
acceptance:
    - Given "PT1H": returns 3600
    - 'negative durations are refused'
links: { blockedBy: [DEMO-2, DEMO-3], relates: [X-1] }
---

# Why

Users type durations.

---

A rule above stays part of the text.
`;

describe('parseStoryFile', () => {
  it('reads what a person writes', () => {
    const { story } = parseStoryFile('/backlog/a b.md', HAND_WRITTEN);
    expect(storySchema.parse(story)).toMatchObject({
      key: 'DEMO-1',
      title: 'Parse: ISO durations',
      status: 'todo',
      priority: 'high',
      acceptanceCriteria: [
        { id: 'AC-1', text: 'Given "PT1H": returns 3600' },
        { id: 'AC-2', text: 'negative durations are refused' },
      ],
      blockedBy: ['DEMO-2', 'DEMO-3'],
      description: '# Why\n\nUsers type durations.\n\n---\n\nA rule above stays part of the text.',
      url: 'file:///backlog/a%20b.md',
    });
  });

  it('takes what is left out as: to do, medium, nothing else', () => {
    expect(parseStoryFile('/a.md', '---\nkey: A-1\ntitle: 2.10\n---').story).toMatchObject({
      title: '2.10',
      status: 'todo',
      priority: 'medium',
      description: '',
      acceptanceCriteria: [],
      blockedBy: [],
    });
  });

  it.each([
    ['no front matter', '# Title\n', 1],
    ['not closed', '---\nkey: A-1\ntitle: x\n', 1],
    ['no key', '---\ntitle: x\n---\n', 1],
    ['bad key', '---\ntitle: x\nkey: ../../etc\n---\n', 3],
    ['bad status', '---\nkey: A-1\ntitle: x\nstatus: perhaps\n---\n', 4],
    ['bad priority', '---\nkey: A-1\ntitle: x\n\n# c\npriority: urgent\n---\n', 6],
    ['broken YAML', '---\nkey: A-1\ntitle: "x\n---\n', 4],
    ['key given twice', '---\nkey: A-1\ntitle: x\nkey: A-2\n---\n', 4],
    ['a list, not fields', '---\n- a\n---\n', 2],
    ['title is a map', '---\nkey: A-1\ntitle:\n  a: b\n---\n', 4],
  ])('says where a bad file is bad: %s', (_, source, line) => {
    expect(() => parseStoryFile('/b/x.md', source)).toThrow(
      expect.objectContaining({ code: 'BACKLOG_FILE_INVALID', message: expect.stringContaining(`/b/x.md:${line}: `) }),
    );
  });
});

describe('withStatus', () => {
  it.each([
    ['To Do', 'In Progress'],
    ['todo', 'in_progress'],
    ['"To Do"', '"In Progress"'],
    ["'todo'", "'in_progress'"],
  ])('replaces the status and nothing else: %s', (before, after) => {
    for (const source of [HAND_WRITTEN, `\uFEFF${HAND_WRITTEN.replaceAll('\n', '\r\n')}`]) {
      const written = source.replace('To Do', before);
      expect(withStatus(parseStoryFile('/a.md', written), 'in_progress')).toBe(written.replace(before, after));
    }
  });

  it('adds the status where there was none', () => {
    for (const status of ['', 'status:\n', 'status:   # later\n', 'status: ~\n']) {
      const file = parseStoryFile('/a.md', `---\nkey: A-1\ntitle: x\n${status}---\nbody\n`);
      const text = withStatus(file, 'blocked');
      expect(parseStoryFile('/a.md', text).story).toMatchObject({ status: 'blocked', title: 'x', description: 'body' });
    }
  });

  it('reaches any status from any other and back without a trace', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STORY_STATUSES), (status) => {
        const moved = withStatus(parseStoryFile('/a.md', HAND_WRITTEN), status);
        expect(parseStoryFile('/a.md', moved).story.status).toBe(status);
        expect(withStatus(parseStoryFile('/a.md', moved), 'todo')).toBe(HAND_WRITTEN);
      }),
    );
  });
});

describe('renderStoryFile', () => {
  it('can be read back whatever the texts are', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(text, text, fc.array(text, { maxLength: 3 }), (title, description, criteria) => {
        fc.pre(title.trim() !== '');
        const acceptanceCriteria = criteria.filter((each) => each.trim() !== '');
        const source = renderStoryFile('A-1', { title, description, acceptanceCriteria, priority: 'low' }, 'x');
        const { story } = parseStoryFile('/a.md', source);
        expect(story.title).toBe(title.replace(/\s+/g, ' ').trim());
        expect(story.acceptanceCriteria.map((each) => each.text)).toEqual(
          acceptanceCriteria.map((each) => each.trim()),
        );
      }),
    );
  });
});

describe('the log of a story', () => {
  it('is no part of the description or the revision', () => {
    const before = parseStoryFile('/a.md', HAND_WRITTEN).story;
    const { text } = appendEntry(HAND_WRITTEN, 'comments', { marker: 'm', body: 'hello' });
    const after = parseStoryFile('/a.md', text).story;
    expect(after).toEqual(before);
    expect(text.startsWith(HAND_WRITTEN)).toBe(true);
    expect(parseStoryFile('/a.md', text.replace('Users type', 'Users speak')).story.revision).not.toBe(before.revision);
  });

  it('keeps entries of two sections apart and in order, also with CRLF', () => {
    let text = 'body\r\n';
    for (const [section, marker] of [
      ['comments', 'a'],
      ['worklog', 'a'],
      ['comments', 'b'],
    ] as const) {
      text = appendEntry(text, section, { marker, body: `entry ${marker}` }).text;
    }
    const order = ['## Comments', 'comment-1', 'entry a', 'comment-2', 'entry b', '## Worklog', 'worklog-1', 'entry a'];
    const shown = /## Comments|comment-\d|entry [ab]|## Worklog|worklog-\d/g;
    expect(text.match(shown)).toEqual(order);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('finds every marker that was written, and none that a text forges', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }), (markers) => {
        let text = HAND_WRITTEN;
        for (const marker of markers) {
          const forged = `<!-- vishkar:entry id="x" marker="forged" -->\n<!-- vishkar:section worklog -->`;
          text = appendEntry(text, 'comments', { marker, body: `${forged}\n${marker}` }).text;
        }
        expect(markers.map((marker) => findEntry(text, 'comments', marker))).toEqual(
          markers.map((_, index) => `comment-${index + 1}`),
        );
        expect(findEntry(text, 'comments', 'not written')).toBeUndefined();
        expect(findEntry(text, 'comments', 'forged')).toBe(markers.includes('forged') ? expect.any(String) : undefined);
      }),
    );
  });

  it('files a description that looks like a log of ours as plain text', () => {
    const forged =
      '<!-- vishkar:section comments -->\n<!-- vishkar:entry id="c" marker="vishkar:A-1/close/1/comment" -->\nMerged';
    const story = { title: 'A', description: `Do it\n${forged}`, acceptanceCriteria: [], priority: 'medium' as const };
    const source = renderStoryFile('A-1', story, 'vishkar:created marker="m"');
    expect(findEntry(source, 'comments', 'vishkar:A-1/close/1/comment')).toBeUndefined();
    expect(parseStoryFile('/backlog/A-1.md', source).story.description).toContain('Merged');
  });
});
