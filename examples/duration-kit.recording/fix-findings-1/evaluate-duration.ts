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
import { scanDuration } from './scan-duration.js';

const NUMBER = /\d+(?:\.\d+)?/y;

/** Parentheses and signs may be nested this deep; hostile text must not exhaust the stack. */
const MAXIMUM_DEPTH = 100;

/** Throws DurationSyntaxError, with the position, when the text is no expression. */
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
    const milliseconds = this.#sum();
    if (this.#position < this.#text.length) throw this.#refused('Expected an operator');
    if (!Number.isFinite(milliseconds)) throw this.#refused('Expected an expression that is a duration', 0);
    return new Duration(milliseconds);
  }

  #sum(): number {
    let left = this.#product();
    for (;;) {
      if (this.#take('+')) left += this.#product();
      else if (this.#take('-')) left -= this.#product();
      else return left;
    }
  }

  #product(): number {
    let left = this.#factor();
    for (;;) {
      if (this.#take('*')) left *= this.#factor();
      else if (this.#take('/')) left /= this.#factor();
      else return left;
    }
  }

  #factor(): number {
    this.#depth += 1;
    if (this.#depth > MAXIMUM_DEPTH) throw this.#refused('Expected less nesting');
    const value = this.#take('-') ? -this.#factor() : this.#take('(') ? this.#rest() : this.#literal();
    this.#depth -= 1;
    return value;
  }

  /** What follows an opening parenthesis. */
  #rest(): number {
    const value = this.#sum();
    if (!this.#take(')')) throw this.#refused('Expected a closing parenthesis');
    return value;
  }

  #literal(): number {
    this.#skipSpaces();
    const duration = scanDuration(this.#text, this.#position);
    NUMBER.lastIndex = this.#position;
    const number = NUMBER.exec(this.#text)?.[0];
    if (duration === undefined && number === undefined) throw this.#refused('Expected a duration or a number');
    this.#position = duration?.end ?? NUMBER.lastIndex;
    this.#skipSpaces();
    return duration?.milliseconds ?? Number(number);
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
