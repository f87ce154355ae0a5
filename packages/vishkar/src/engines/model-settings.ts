/** Which model an engine uses, and how it reaches it. */
export interface ModelSettings {
  /** As the engine calls it: `openai`, `anthropic`, `ollama`, ... */
  readonly provider: string;
  readonly model: string;
  /** Base address of the provider's API; undefined for the provider's own. */
  readonly host?: string;
  readonly apiKey?: string;
}
