/** Ctrl-C and SIGTERM as something to await or to listen to; the first asks to stop, a second one ends at once. */
export function interruptionSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      controller.abort();
      process.once(name, () => process.exit(130));
    });
  return controller.signal;
}

export function untilInterrupted(): Promise<void> {
  const signal = interruptionSignal();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
