/**
 * The port to logging: what the service writes about itself, for whoever runs it.
 * The shape is pino's own, so a pino logger fits as it is; `silentLogger` is for embedding and tests.
 * Rule: context goes into fields, the message stays the same sentence each time, payloads are never logged.
 */

type LogMethod = (fields: Readonly<Record<string, unknown>>, message: string) => void;

export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

const ignore = (): void => undefined;

/** Writes nothing. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
