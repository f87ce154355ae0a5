/** What is wrong with a schedule's spec, in the official service's words; rpcs put "Invalid schedule spec: " before it. */
export class InvalidSpecError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = new.target.name;
  }
}
