/** Sends webhooks the way GitHub and Jira do: signed over the bytes of the body. */
import { createHmac } from 'node:crypto';

export const SECRET = 'whsec_standIn_0123456789abcdef';

export interface SentWebhook {
  readonly status: number;
  readonly message: string;
}

export function signed(body: string, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** A delivery of GitHub: event, signature, id of the delivery. */
export async function sendGithub(
  address: string,
  event: string,
  payload: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<SentWebhook> {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return await send(address, body, {
    'user-agent': 'GitHub-Hookshot/0123456',
    'x-github-event': event,
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-hub-signature-256': signed(body),
    ...headers,
  });
}

export async function send(
  address: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<SentWebhook> {
  const answer = await fetch(address, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: answer.status, message: ((await answer.json()) as { message: string }).message };
}
