/** What the rpcs that show namespaces stand on. */
import type { ServiceSettings } from '../dynamic-config.js';
import type { NamespaceRegistry } from '../namespaces/namespace-registry.js';
import type { Store } from '../persistence/store.js';

export interface NamespaceServices {
  readonly namespaces: NamespaceRegistry;
  readonly store: Store;
  /** Part of what a namespace is said to be able to do. */
  readonly settings: ServiceSettings;
}
