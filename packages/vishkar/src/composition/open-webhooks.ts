/** The webhooks of a project's configuration, received and handed to the stories that they are about. */
import type { StoryClient } from '../client/story-client.js';
import type { Project } from '../config/project.js';
import { VishkarError } from '../errors.js';
import { jiraWebhooks } from '../issue-tracker/jira/jira-webhooks.js';
import { githubWebhooks } from '../source-host/github/github-webhooks.js';
import { StoryWaker } from '../webhooks/story-waker.js';
import { WebhookReceiver } from '../webhooks/webhook-receiver.js';
import type { WebhookSource } from '../webhooks/webhook-source.js';

export interface OpenWebhooks {
  /** Where each source has to send them, through whatever stands in front of this machine. */
  readonly addresses: readonly string[];
  close(): Promise<void>;
}

/** Throws VishkarError `WEBHOOK_PORT_TAKEN`. */
export async function openWebhooks(
  { port, sources }: { readonly port: number; readonly sources: readonly WebhookSource[] },
  client: StoryClient,
  onProblem: (problem: unknown) => void,
): Promise<OpenWebhooks> {
  const waker = new StoryWaker({
    places: () => client.places(),
    wake: (key, what) => client.wake(key, what),
    onProblem,
  });
  const receiver = await WebhookReceiver.start({
    port,
    sources,
    onChange: (change) => {
      waker.add(change);
    },
  });
  return {
    addresses: sources.map(({ name }) => receiver.addressOf(name)),
    close: async () => {
      await receiver.close();
      await waker.close();
    },
  };
}

/** None where none are configured. Throws VishkarError `WEBHOOK_SECRET_MISSING`: without its secret anybody could wake a story. */
export function webhookSources(project: Project, environment: NodeJS.ProcessEnv): readonly WebhookSource[] {
  const { github, jira } = project.config.webhooks ?? {};
  const { owner = '', repo = '' } = project.config.sourceHost;
  return [
    ...(github === undefined ? [] : [githubWebhooks({ owner, repo }, secretOf(github.secretEnv, environment))]),
    ...(jira === undefined ? [] : [jiraWebhooks(secretOf(jira.secretEnv, environment))]),
  ];
}

function secretOf(variable: string, environment: NodeJS.ProcessEnv): string {
  const secret = environment[variable]?.trim() ?? '';
  if (secret !== '') return secret;
  throw new VishkarError('WEBHOOK_SECRET_MISSING', `The variable ${variable}, the secret of webhooks, is not set.`, {
    hint: `Set ${variable} to the secret that the webhook was made with, or take "webhooks" out of the configuration.`,
  });
}
