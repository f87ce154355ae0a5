/** Workflows that call Nexus operations, and those that stand behind them. */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  createNexusServiceClient,
  isCancellation,
  sleep,
} from '@temporalio/workflow';
import type { NexusOperationCancellationType } from '@temporalio/workflow';
import * as nexus from 'nexus-rpc';

export const greetings = nexus.service('greetings', {
  /** Answers at once. */
  greet: nexus.operation<string, string>(),
  /** Is a workflow. */
  write: nexus.operation<string, string>(),
  /** Refuses with what it is told to. */
  refuse: nexus.operation<string, string>(),
});

export interface Call {
  readonly endpoint: string;
  readonly operation: keyof typeof greetings.operations;
  readonly input: string;
  readonly scheduleToCloseTimeoutMs?: number;
  readonly cancellationType?: NexusOperationCancellationType;
}

/** Calls one operation; a cancelled one gives `cancelled`. */
export async function callOperation({ endpoint, operation, input, ...options }: Call): Promise<string> {
  const client = createNexusServiceClient({ endpoint, service: greetings });
  try {
    return await client.executeOperation(operation, input, {
      ...(options.scheduleToCloseTimeoutMs ? { scheduleToCloseTimeout: options.scheduleToCloseTimeoutMs } : {}),
      ...(options.cancellationType ? { cancellationType: options.cancellationType } : {}),
    });
  } catch (error) {
    if (isCancellation(error)) return 'cancelled';
    throw error;
  }
}

/** One that answers at once and one that is a workflow, some times. */
export async function callMany(endpoint: string, times: number): Promise<string[]> {
  const client = createNexusServiceClient({ endpoint, service: greetings });
  const answers: string[] = [];
  for (let n = 0; n < times; n++) {
    const [greeting, letter] = await Promise.all([
      client.executeOperation('greet', `g${n}`),
      client.executeOperation('write', `w${n}`),
    ]);
    answers.push(greeting, letter);
  }
  return answers;
}

/** What stands behind `write`: does as its input says. */
export async function letter(input: string): Promise<string> {
  if (input === 'fail') throw ApplicationFailure.nonRetryable('no ink', 'Dry');
  if (input === 'sleep') await sleep('30 days');
  if (input === 'wait') {
    try {
      await condition(() => false);
    } catch (error) {
      // Something to do before it lets go.
      await CancellationScope.nonCancellable(() => sleep(10));
      throw error;
    }
  }
  return `letter: ${input}`;
}
