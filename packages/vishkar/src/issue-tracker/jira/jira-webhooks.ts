/** Which story a webhook of Jira speaks of: the key of its issue, and nothing else. Only webhooks that an administrator makes are signed. */
import { z } from 'zod';
import type { WebhookSource } from '../../webhooks/webhook-source.js';

const EVENTS = /^(?:jira:issue_(?:updated|deleted)|comment_(?:created|updated|deleted))$/;
const payloadSchema = z.object({ webhookEvent: z.string(), issue: z.object({ key: z.string() }) });

export function jiraWebhooks(secret: string): WebhookSource {
  return {
    name: 'jira',
    signatureHeader: 'x-hub-signature',
    secret,
    changeOf: (payload) => {
      const { data } = payloadSchema.safeParse(payload);
      if (data === undefined || !EVENTS.test(data.webhookEvent)) return undefined;
      return { what: data.webhookEvent, branches: [], pullRequests: [], keys: [data.issue.key] };
    },
  };
}
