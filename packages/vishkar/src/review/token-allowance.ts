/** What the models of one panel may still use, all together. A call that would not fit by a rough estimate is not made. */

/** Text of models: about four characters make a token. */
const CHARACTERS_PER_TOKEN = 4;
/** Kept for an answer. */
const ANSWER_TOKENS = 1_000;

export class AllowanceUsedUpError extends Error {}

export class TokenAllowance {
  readonly #limit: number | undefined;
  #used = 0;
  /** Of calls that are under way. */
  #reserved = 0;

  /** `limit`: in tokens, in and out; undefined for none. */
  constructor(limit: number | undefined) {
    this.#limit = limit;
  }

  /** Makes the call if there is room for it. Throws AllowanceUsedUpError when there is none; `tokensOf`: what it used, where that is known. */
  async spend<T>(prompt: string, call: () => Promise<T>, tokensOf: (result: T) => number | undefined): Promise<T> {
    const estimate = Math.ceil(prompt.length / CHARACTERS_PER_TOKEN) + ANSWER_TOKENS;
    if (this.#limit !== undefined && this.#used + this.#reserved + estimate > this.#limit)
      throw new AllowanceUsedUpError(
        `the panel's ${String(this.#limit)} tokens do not suffice: ${String(this.#used + this.#reserved)} are used, about ${String(estimate)} more needed`,
      );
    this.#reserved += estimate;
    let tokens: number | undefined;
    try {
      const result = await call();
      tokens = tokensOf(result);
      return result;
    } finally {
      this.#reserved -= estimate;
      // A provider that does not tell, or a call that failed, is taken for what it may have cost.
      this.#used += tokens ?? estimate;
    }
  }
}
