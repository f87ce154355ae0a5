/**
 * Sees to it that the service knows the search attributes that stories carry. Where they can't be added (Temporal Cloud,
 * missing rights) stories run without them: the choice is made at launch and kept for the story's life.
 */
import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../domain/wire-names.js';

/** `temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD`. */
const KEYWORD = 2;

export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<boolean> {
  const names = Object.values(SEARCH_ATTRIBUTES);
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = names.filter((name) => customAttributes[name] !== KEYWORD);
    if (missing.length === 0) return true;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
    });
    return true;
  } catch {
    // Not allowed or not offered here; stories say so in `vishkar doctor`, and work without.
    return false;
  }
}
