/**
 * A logger that writes lines to a stream: for people (`text`) or for machines (`json`).
 * It is all the logging a development server needs, loads in no time, and keeps stdout free for what the CLI prints.
 * Rule: one record is one line, whatever is in it.
 */
import type { Logger } from './logger.js';

/** From most to least talkative; `never` writes nothing. The names of the official CLI. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'never'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface StreamLoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly stream: { write(line: string): unknown };
}

/** Writes records of `level` and above, one line each. */
export function createStreamLogger({ level, format, stream }: StreamLoggerOptions): Logger {
  const render = format === 'json' ? renderJson : renderText;
  const at = (name: Exclude<LogLevel, 'never'>): Logger[typeof name] => {
    if (LOG_LEVELS.indexOf(name) < LOG_LEVELS.indexOf(level)) return () => undefined;
    return (fields, message) => stream.write(`${render(name, fields, message)}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

type Fields = Readonly<Record<string, unknown>>;

const plain = (_key: string, value: unknown): unknown => {
  if (value instanceof Error)
    return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
  return typeof value === 'bigint' ? value.toString() : value;
};

const renderJson = (level: string, fields: Fields, message: string): string =>
  JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }, plain);

function renderText(level: string, fields: Fields, message: string): string {
  const pairs = Object.entries(fields).map(([key, value]) => {
    if (value instanceof Error) return `${key}=${JSON.stringify(value.stack ?? value.message)}`;
    return `${key}=${JSON.stringify(value, plain)}`;
  });
  return [
    `time=${new Date().toISOString()}`,
    `level=${level.toUpperCase()}`,
    `msg=${JSON.stringify(message)}`,
    ...pairs,
  ].join(' ');
}
