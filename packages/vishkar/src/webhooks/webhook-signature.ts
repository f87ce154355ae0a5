/** Who sent a webhook: whoever knows the secret. Compared in constant time, over the bytes as they came. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** `signature` is `sha256=<hex>`, as GitHub, Jira and WebSub write it; any other method is refused. */
export function isSignedBy(secret: string, body: Buffer, signature: string): boolean {
  const given = /^sha256=([0-9a-f]{64})$/i.exec(signature)?.[1];
  if (given === undefined || secret === '') return false;
  return timingSafeEqual(Buffer.from(given, 'hex'), createHmac('sha256', secret).update(body).digest());
}
