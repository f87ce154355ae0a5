/** Merging of memo and search attribute maps: a null or empty-list payload takes its key away. */
import type { temporal } from '../proto/root.js';

type PayloadMap = Record<string, temporal.api.common.v1.IPayload>;

const decoder = new TextDecoder();

/** `base` with `changes` applied; neither is modified. */
export function mergePayloads(base: PayloadMap, changes: PayloadMap): PayloadMap {
  const merged: PayloadMap = { ...base };
  for (const [key, payload] of Object.entries(changes)) {
    if (isRemoval(payload)) delete merged[key];
    else merged[key] = payload;
  }
  return merged;
}

function isRemoval(payload: temporal.api.common.v1.IPayload): boolean {
  const data = payload.data;
  if (!data || data.length === 0) return true;
  return data.length === 2 && decoder.decode(data) === '[]';
}
