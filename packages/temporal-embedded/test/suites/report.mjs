/** The tables of docs/conformance.md: what passes where, and each difference with its reason. */
import { reasonOf } from './reasons.mjs';

/** Tests that pass on the official server and not on ours. */
export function differences(results) {
  return results.flatMap(({ name, outcomes }) =>
    [...outcomes].flatMap(([key, { official, ours }]) =>
      official?.passed === true && ours !== undefined && ours.passed !== true ? [{ suite: name, key, ours }] : [],
    ),
  );
}

const count = (outcomes, kind) => {
  const all = [...outcomes.values()].map((each) => each[kind]).filter((outcome) => outcome?.passed !== undefined);
  return { run: all.length, passed: all.filter(({ passed }) => passed).length };
};

export function renderReport(results, servers) {
  const lines = [
    `| suite | ${servers.map((kind) => `passed, ${kind}`).join(' | ')} |`,
    `|---|${servers.map(() => '---').join('|')}|`,
  ];
  for (const { name, title, outcomes } of results) {
    const cells = servers.map((kind) => {
      const { run, passed } = count(outcomes, kind);
      return `${passed} of ${run}`;
    });
    lines.push(`| ${name}: ${title} | ${cells.join(' | ')} |`);
  }
  const differing = differences(results);
  if (servers.length > 1) {
    lines.push(
      '',
      differing.length === 0
        ? 'Whatever passes on the official server passes on ours.'
        : 'Passes on the official server and not on ours:',
      '',
    );
    if (differing.length > 0) lines.push('| suite | test | why |', '|---|---|---|');
    for (const { suite, key, ours } of differing) {
      const [unit, test] = key.split('\n');
      lines.push(
        `| ${suite} | ${cell(unit)}: ${cell(test)} | ${cell(reasonOf(suite, key, ours.note) ?? `not explained: ${ours.note}`)} |`,
      );
    }
    const neither = results.flatMap(({ name, outcomes }) =>
      [...outcomes].filter(([, { official }]) => official?.passed === false).map(([key]) => ({ name, key })),
    );
    if (neither.length > 0) {
      lines.push(
        '',
        'Fails on the official server as it is run here, for reasons of the environment or of versions:',
        '',
      );
      for (const { name, key } of neither) lines.push(`- ${name}, ${cell(key.replace('\n', ': '))}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').slice(0, 200);
