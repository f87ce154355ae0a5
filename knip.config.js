/** What nobody uses: files, exports, dependencies. Entries are what the packages' manifests name, and these. */
export default {
  workspaces: {
    '.': {
      entry: ['scripts/*.mjs'],
      project: ['scripts/**/*.mjs', '*.{js,cjs,ts}'],
      ignoreUnresolved: [/^\.\.\/src\//],
    },
    'packages/testkit': { project: ['src/**/*.ts'] },
    'packages/temporal-embedded': {
      entry: ['src/**/*.test.ts', 'test/**/*.{ts,mjs}'],
      project: ['src/**/*.ts', 'test/**/*.ts'],
    },
    'packages/vishkar': {
      // Run from their file's path (by `npm start`, and in a sandbox), so no import leads to them.
      entry: ['src/demo/main.ts', 'src/processes/sandbox-relay.ts', 'src/**/*.test.ts', 'test/**/*.{ts,mjs}'],
      project: ['src/**/*.ts', 'test/**/*.ts'],
    },
  },
  // Started by their path in scripts/verify.mjs, which knip cannot see.
  ignoreDependencies: ['@arethetypeswrong/cli', 'dependency-cruiser', 'publint'],
  // Builds the runner of a suite that is written in it.
  ignoreBinaries: ['go'],
  ignoreExportsUsedInFile: true,
  // A type names what a signature says, also while nobody else writes that name.
  rules: { types: 'off' },
};
