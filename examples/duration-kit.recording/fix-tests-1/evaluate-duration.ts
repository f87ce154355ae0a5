/**
 * Evaluates expressions over durations, such as `1h30m + 2 * 15m`, by recursive descent:
 *
 *   sum     = product { ("+" | "-") product }
 *   product = factor { ("*" | "/") factor }
 *   factor  = "-" factor | "(" sum ")" | duration | number
 *
 * The text comes from users: it is only ever read, character by character, and never reaches the JavaScript engine.
 */
import { Duration } from './duration.js';
import { DurationSyntaxError } from './errors.js';
import { combine, negate } from './quantity.js';
import type { Operator, Quantity } from './quantity.js';
import { scanDuration } from './scan-duration.js';

const NUMBER = /\d+(?:\.\d+)?/y;

/** Parentheses and signs may be nested this deep; hostile text must not exhaust the stack. */
const MAXIMUM_DEPTH = 100;

/** Throws DurationSyntaxError, with the position, when the text is no expression or its result is no duration. */
export function evaluateDuration(expression: string): Duration {
  return new ExpressionReader(expression).read();
}

class ExpressionReader {
  readonly #text: string;
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Duration {
    const result = this.#sum();
    if (this.#position < this.#text.length) throw this.#refused('Expected an operator');
    if (!(result instanceof Duration)) throw this.#refused('Expected an expression that is a duration', 0);
    return result;
  }

  #sum(): Quantity {
    let left = this.#product();
    for (;;) {
      const position = this.#position;
      if (this.#take('+')) left = this.#combined(left, '+', this.#product(), position);
      else if (this.#take('-')) left = this.#combined(left, '-', this.#product(), position);
      else return left;
    }
  }

  #product(): Quantity {
    let left = this.#factor();
    for (;;) {
      const position = this.#position;
      if (this.#take('*')) left = this.#combined(left, '*', this.#factor(), position);
      else if (this.#take('/')) left = this.#combined(left, '/', this.#factor(), position);
      else return left;
    }
  }

  #factor(): Quantity {
    this.#depth += 1;
    if (this.#depth > MAXIMUM_DEPTH) throw this.#refused('Expected less nesting');
    const value = this.#take('-') ? negate(this.#factor()) : this.#take('(') ? this.#rest() : this.#literal();
    this.#depth -= 1;
    return value;
  }

  /** What follows an opening parenthesis. */
  #rest(): Quantity {
    const value = this.#sum();
    if (!this.#take(')')) throw this.#refused('Expected a closing parenthesis');
    return value;
  }

  #literal(): Quantity {
    this.#skipSpaces();
    const duration = scanDuration(this.#text, this.#position);
    NUMBER.lastIndex = this.#position;
    const number = NUMBER.exec(this.#text)?.[0];
    if (duration === undefined && number === undefined) throw this.#refused('Expected a duration or a number');
    this.#position = duration?.end ?? NUMBER.lastIndex;
    this.#skipSpaces();
    return duration === undefined ? Number(number) : new Duration(duration.milliseconds);
  }

  #combined(left: Quantity, operator: Operator, right: Quantity, position: number): Quantity {
    const result = combine(left, operator, right);
    if (result === undefined) throw this.#refused(`Expected operands that fit "${operator}"`, position);
    return result;
  }

  /** Steps over the character when it is the next one. */
  #take(character: string): boolean {
    this.#skipSpaces();
    if (this.#text[this.#position] !== character) return false;
    this.#position += 1;
    this.#skipSpaces();
    return true;
  }

  #skipSpaces(): void {
    while (this.#text[this.#position] === ' ') this.#position += 1;
  }

  #refused(problem: string, position = this.#position): DurationSyntaxError {
    return new DurationSyntaxError(problem, this.#text, position);
  }
}
