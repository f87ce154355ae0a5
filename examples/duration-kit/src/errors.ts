/** What goes wrong when text is read: where in the text, and what was expected there. */
export class DurationSyntaxError extends SyntaxError {
  constructor(
    problem: string,
    /** The whole text that was read. */
    readonly text: string,
    /** Index of the character at which reading stopped, from 0. */
    readonly position: number,
  ) {
    super(`${problem} at position ${String(position)} in "${text}"`);
    this.name = 'DurationSyntaxError';
  }
}
