/** Reads the Test Anything Protocol that AVA writes: one pair of title and outcome for each test. */
export function readTap(text) {
  const tests = new Map();
  let last;
  for (const line of text.split('\n')) {
    const match = /^(not )?ok \d+ - (.*?)(?: # (SKIP|TODO).*)?$/.exec(line);
    if (match) {
      const [, not, title, directive] = match;
      last = { passed: directive ? undefined : !not, note: directive ? 'skipped by the suite' : '' };
      // AVA counts a file that ended badly among the tests.
      tests.set(title, last);
    } else if (last?.passed === false && last.note === '') {
      const message = /^\s+(?:message|details): ?>?-?\s*(.*)$/.exec(line)?.[1];
      if (message) last.note = message.replace(/^'(.*)'$/, '$1');
    }
  }
  return [...tests];
}
