/**
 * Fences around text from outside (tracker, reviewers, logs) in a prompt. Guards the rule that such text is data: it
 * can't close its own fence, open another one, or hide anything from a person who reads the prompt.
 */

export interface OutsideText {
  /** What it is, in our words; never text from outside. */
  readonly label: string;
  readonly text: string;
}

/** Control characters but tab and line end; then marks that change the order of text or can't be seen at all. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
const TERMINAL_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g;

/** The text as a person would see it. */
export function visibleText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(TERMINAL_SEQUENCE, '').replace(CONTROL, '').replace(INVISIBLE, '');
}

/**
 * One fence for all outside texts of a prompt. Its name has the smallest number that stands in none of them, so that
 * no text can hold an end (or a beginning) of a fence; the same texts always give the same prompt.
 */
export class OutsideFence {
  readonly name: string;

  constructor(texts: readonly OutsideText[]) {
    const all = texts.map(({ text }) => visibleText(text).toLowerCase()).join('\n');
    let number = 1;
    while (all.includes(`data-${String(number)}`)) number += 1;
    this.name = `data-${String(number)}`;
  }

  wrap({ label, text }: OutsideText): string {
    return `<${this.name} ${JSON.stringify(label)}>\n${visibleText(text).trim()}\n</${this.name}>`;
  }
}

/** The beginning of a text that is too long for a prompt, with a word on how much is missing. */
export function keepStart(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters)}\n[${String(text.length - characters)} more characters are left out]`;
}

/** The end of it: where a log says why it failed. */
export function keepEnd(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return `[${String(text.length - characters)} characters before this are left out]\n${text.slice(-characters)}`;
}
