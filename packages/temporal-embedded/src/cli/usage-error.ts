/**
 * A command line that cannot be carried out as it stands; `main` prints the sentence and exits with 2.
 */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
