/** What a model panelist is asked to look for, by angle. */
import type { Angle } from '../domain/finding.js';

/** Holds whatever a project's own prompt says: what is not in this form does not count. */
const COMMON =
  'Report only faults that this change brings in, each at a line of the diff (number at the new side), in a file of the diff. ' +
  'critical: exploitable or loses data. high: wrong or unsafe in ordinary use. medium: should be mended. low: may be. ' +
  'Quote the code that is wrong between backticks, as it stands. No praise, no style preferences, no guesses about code that you do not see. An empty list is a good answer.';

const ANGLE_PROMPTS: Readonly<Record<Angle, string>> = {
  architecture: `You review a change for its architecture: responsibilities in the right place, dependencies in one direction, no cycles, no leaking of details across a boundary, interfaces that callers can use rightly.`,
  security: `You review a change for its security: injection of any kind, secrets, missing checks of input or rights, unsafe file and process handling, weak cryptography, data that reaches where it must not.`,
  quality: `You review a change for its correctness and clarity: wrong results, unhandled errors and edge cases, races, leaks, misleading names, dead or duplicated code.`,
  techstack: `You review a change for how it uses its language, framework and platform: deprecated or misused interfaces, wrong assumptions about versions, types given up, dependencies that are not needed.`,
};

/** `own`: what the project wants to be looked for, in place of our words; `focus`: of the stack that this panelist is there for. */
export function anglePrompt(angle: Angle, own?: string, focus?: string): string {
  const task = own === undefined ? ANGLE_PROMPTS[angle] : own.trim();
  return [task, ...(focus === undefined ? [] : [`You are there for what concerns ${focus}`]), COMMON].join('\n\n');
}

/** What a model panelist is asked about the claims on the table. */
export const JUDGE_PROMPT =
  'A panel reviews a change. Below are claims that others make about it, and claims of yours that somebody refutes. Look at the code ' +
  'yourself: confirm a claim that holds, refute one that does not, abstain when the diff does not show it. To refute a claim of ' +
  'yours withdraws it. Numbers do not decide: give your own view. One vote per claimId.';
