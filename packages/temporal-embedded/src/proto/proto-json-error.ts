/** JSON that is not a message: where in it, and what was expected there. */
export class ProtoJsonError extends Error {
  constructor(path: string, problem: string) {
    super(path === '' ? problem : `${path}: ${problem}`);
    this.name = 'ProtoJsonError';
  }
}
