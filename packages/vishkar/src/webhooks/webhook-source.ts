/** The port to whoever sends webhooks: how its messages are signed, and which change outside one of them speaks of. */
import type { OutsideChange } from '../domain/outside-change.js';

export interface WebhookSource {
  /** Last part of its address: `/webhooks/<name>`. */
  readonly name: string;
  /** Lower case; holds `sha256=<hex>`, the HMAC of the body under the secret. */
  readonly signatureHeader: string;
  readonly secret: string;
  /** Undefined: nothing that a story could wait for. `header` reads a header of the message. */
  readonly changeOf: (payload: unknown, header: (name: string) => string) => OutsideChange | undefined;
}
