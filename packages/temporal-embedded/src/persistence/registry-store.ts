/** Statements over the small tables: namespaces, search attribute definitions, settings. */
import type { NamespaceRecord, SearchAttributeDefinition, Setting } from './store.js';
import type { SqlDatabase, SqlStatement } from './sqlite-driver.js';

/** No key of ours has it, so a prefix with it is behind every key of that prefix. */
const LAST_CHARACTER = '\u{10ffff}';

export class RegistryStore {
  readonly #putNamespace: SqlStatement;
  readonly #namespaces: SqlStatement;
  readonly #putAttribute: SqlStatement;
  readonly #deleteAttribute: SqlStatement;
  readonly #attributes: SqlStatement;
  readonly #putSetting: SqlStatement;
  readonly #setting: SqlStatement;
  readonly #settings: SqlStatement;
  readonly #deleteSetting: SqlStatement;

  constructor(database: SqlDatabase) {
    this.#putNamespace = database.prepare('INSERT OR REPLACE INTO namespaces (id, name, data) VALUES (?, ?, ?)');
    this.#namespaces = database.prepare('SELECT id, name, data FROM namespaces ORDER BY name');
    this.#putAttribute = database.prepare(
      'INSERT OR REPLACE INTO search_attributes (namespace_id, name, type) VALUES (?, ?, ?)',
    );
    this.#deleteAttribute = database.prepare('DELETE FROM search_attributes WHERE namespace_id = ? AND name = ?');
    this.#attributes = database.prepare(
      'SELECT name, type FROM search_attributes WHERE namespace_id = ? ORDER BY name',
    );
    this.#putSetting = database.prepare('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)');
    this.#setting = database.prepare('SELECT value FROM settings WHERE key = ?');
    this.#settings = database.prepare('SELECT key, value FROM settings WHERE key >= ? AND key < ? ORDER BY key');
    this.#deleteSetting = database.prepare('DELETE FROM settings WHERE key = ?');
  }

  putNamespace(record: NamespaceRecord): void {
    this.#putNamespace.run(record.id, record.name, record.data);
  }

  namespaces(): readonly NamespaceRecord[] {
    return this.#namespaces
      .all()
      .map((row) => ({ id: String(row['id']), name: String(row['name']), data: row['data'] as Uint8Array }));
  }

  putAttribute(definition: SearchAttributeDefinition): void {
    this.#putAttribute.run(definition.namespaceId, definition.name, definition.type);
  }

  deleteAttribute(namespaceId: string, name: string): void {
    this.#deleteAttribute.run(namespaceId, name);
  }

  attributes(namespaceId: string): readonly SearchAttributeDefinition[] {
    return this.#attributes
      .all(namespaceId)
      .map((row) => ({ namespaceId, name: String(row['name']), type: Number(row['type']) }));
  }

  putSetting(key: string, value: Uint8Array): void {
    this.#putSetting.run(key, value);
  }

  settings(keyPrefix: string): readonly Setting[] {
    return this.#settings
      .all(keyPrefix, keyPrefix + LAST_CHARACTER)
      .map((row) => ({ key: String(row['key']), value: row['value'] as Uint8Array }));
  }

  deleteSetting(key: string): void {
    this.#deleteSetting.run(key);
  }

  setting(key: string): Uint8Array | undefined {
    return this.#setting.get(key)?.['value'] as Uint8Array | undefined;
  }
}
