/** No input, no result: what a handler and a caller get in its place, as every SDK's default converter reads it. */
import type { temporal } from '../proto/root.js';

export const NULL_PAYLOAD: temporal.api.common.v1.IPayload = Object.freeze({
  metadata: { encoding: new TextEncoder().encode('binary/null') },
});
