/** Renders docs/dynamic-config.md: every key that has an effect, from the table that reads them. */
import { DYNAMIC_CONFIG_KEYS } from '../../src/dynamic-config.js';
import type { DynamicConfigKey } from '../../src/dynamic-config.js';
import { DEFAULT_SERVICE_LIMITS } from '../../src/history/limits.js';

const INTRO = `<!-- Generated from packages/temporal-embedded/src/dynamic-config.ts by "npx vitest run dynamic-config-page -u". -->

# Dynamic configuration

Numbers and switches of the embedded service have the keys and the defaults of the official server. Set them at its start:

    temporal-embedded server start-dev --dynamic-config-value limit.historyCount.error=1000

or \`startDevServer({ dynamicConfig: { 'limit.historyCount.error': 1000 } })\`. A value is JSON: a text needs its quotes
(\`--dynamic-config-value 'matching.longPollExpirationInterval="10s"'\`). Upper and lower case of a key are the same. Values hold
for all namespaces and task queues, until the service ends.

A value that does not fit its key, and a key that the official server cannot have, is refused in a sentence. Other keys of the
official server are taken without an effect, and the service says so.

| key | value | default | what it is |
| --- | ----- | ------- | ---------- |
`;

export function dynamicConfigPage(): string {
  const rows = DYNAMIC_CONFIG_KEYS.map(
    (key) => `| \`${key.key}\` | ${VALUES[key.kind]} | ${defaultOf(key)} | ${key.about} |`,
  );
  return `${INTRO}${rows.join('\n')}\n`;
}

const VALUES: Readonly<Record<DynamicConfigKey['kind'], string>> = {
  count: 'number',
  bytes: 'bytes',
  duration: 'duration, or seconds',
  switch: 'true or false',
};

function defaultOf(key: DynamicConfigKey): string {
  if (key.kind === 'switch') return 'false';
  const value = DEFAULT_SERVICE_LIMITS[key.limit];
  return key.kind === 'duration' ? `${value / 1000}s` : String(value);
}
