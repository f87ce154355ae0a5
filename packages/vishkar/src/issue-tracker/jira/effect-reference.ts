/**
 * How a marker stands in Jira. There is no place in a comment that people do not see, and markers hold characters that the
 * ways through Markdown, ADF and wiki markup change; so a comment ends with a line of plain words, `vishkar ref <hash>`,
 * and a created issue has a label.
 *
 * Rule guarded here: only we write such a line. In a text that we pass on, one that looks like it is spelled differently.
 */
import { createHash } from 'node:crypto';

/** Jira refuses texts of more than 32,767 characters. */
const TEXT_LIMIT = 30_000;

/** 64 bits of the marker, in characters that no markup changes. */
export function effectReference(marker: string): string {
  return createHash('sha256').update(marker).digest('hex').slice(0, 16);
}

export function labelOf(marker: string): string {
  return `vishkar-${effectReference(marker)}`;
}

/** The body with its last line; a body beyond Jira's limit is cut. */
export function withReference(body: string, marker: string): string {
  const own = body.trim().replace(/^(\W*vishkar) ref /gim, '$1-ref ');
  const cut = own.length <= TEXT_LIMIT ? own : `${own.slice(0, TEXT_LIMIT)}\n\n(cut: it is too long for Jira)`;
  return `${cut}\n\nvishkar ref ${effectReference(marker)}`;
}

/** Whether a text carries the marker on a line of its own, also when a person wrote below it. */
export function carriesReference(body: string, marker: string): boolean {
  const line = `vishkar ref ${effectReference(marker)}`;
  return body.split(/\r?\n/).some((each) => each.trim() === line);
}

/** Whether a text has a line of ours, for whatever marker. */
export function isOurs(body: string): boolean {
  return /^[ \t]*vishkar ref [0-9a-f]{16}[ \t]*\r?$/m.test(body);
}
