/**
 * Who may import whom (`npm run verify` checks it). Imports point one way:
 *
 *   temporal-embedded   cli -> dev-server -> frontend -> history | matching | visibility -> persistence -> proto
 *   vishkar             cli | api -> composition root -> workflows | activities | adapters -> ports -> domain
 *
 * Tests may look anywhere inside their own package, and at other packages the way users do: through their index.
 */
const embedded = '^packages/temporal-embedded/src';
const vishkar = '^packages/vishkar/src';
const tests = ['[.]test[.]ts$', '^packages/[^/]+/test/'];

/** The files of vishkar that are ports: interfaces, and the types in their signatures. All else beside them adapts. */
const ports = [
  'artifacts/artifact-store',
  'engines/coding-engine',
  'engines/engine-prompt',
  'git/[^/]+',
  'issue-tracker/issue-tracker',
  'lessons/lesson-store',
  'notifications/notifier',
  'review/angle-reviewer',
  'source-host/source-host',
  // Pure functions over text and data; nothing in them chooses or runs anything.
  'issue-tracker/transition-rules',
  'review/without-secrets',
  'test-runs/(?:project-commands|case-links|case-results|demonstrations|design-cases|rust-inline-tests|test-file|mutation/try-mutants)',
];
const adapterFolders = ['artifacts', 'engines', 'git', 'issue-tracker', 'lessons', 'notifications', 'review']
  .concat(['source-host', 'test-runs'])
  .join('|');

/** A rule that holds for shipped source; `from` and `to` are paths or lists of paths. */
const forbid = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to,
});

/** Inside temporal-embedded, the folders or files named in `to` are out of reach for those in `from`. */
const embeddedLayer = (from, to, comment, allowed = []) =>
  forbid(`embedded-${from.replace(/\W+/g, '-').replace(/^-|-$/g, '')}`, comment, `${embedded}/(${from})/`, {
    path: `${embedded}/(${to})(/|[.]ts$)`,
    pathNot: allowed,
  });

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no order in which to understand it: move what both need below both.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'The import leads nowhere (a typing error, or `npm run build` was not run).',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'packages-through-their-index',
      comment: 'Another package is imported by its name, never by a path into it.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/[^/]+/', pathNot: ['^packages/$1/', '^packages/[^/]+/dist/index[.](js|d[.]ts)$'] },
    },
    forbid(
      'nothing-imports-vishkar',
      'The product is the top: only tests import it.',
      '^packages/(?!vishkar/|testkit/)',
      {
        path: '^packages/vishkar/',
      },
    ),
    forbid('no-test-code-in-source', 'Shipped source does not lean on tests.', '^packages/[^/]+/src/', { path: tests }),
    forbid(
      'no-testkit-in-source',
      'The testkit is private: what ships must run without it.',
      '^packages/(?!testkit/)[^/]+/src/',
      {
        path: '^packages/testkit/',
      },
    ),
    forbid(
      'no-dev-dependencies-in-source',
      'What shipped source imports is a dependency of its package, else a plain install lacks it.',
      '^packages/(?!testkit/)[^/]+/src/',
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    ),

    forbid('embedded-ground', 'proto and clock import nothing of ours.', `${embedded}/(proto|clock)/`, {
      path: '^packages/',
      pathNot: `${embedded}/$1/`,
    }),
    embeddedLayer(
      'persistence',
      'frontend|history|matching|visibility|schedules|namespaces|nexus|test-service|cli|dev-server|index',
      'persistence is below all services: they hand it rows, it knows none of them.',
    ),
    embeddedLayer(
      'history',
      'frontend|matching|cli|test-service|dev-server|index',
      'history knows matching only through the ports in history/ports.ts, and is below the frontend.',
    ),
    embeddedLayer(
      'matching',
      'frontend|history|cli|test-service|dev-server|index',
      'matching knows history only through the ports in history/ports.ts, and is below the frontend.',
      [`${embedded}/history/ports[.]ts$`],
    ),
    embeddedLayer(
      'visibility',
      'frontend|history|matching|cli|test-service|dev-server|index',
      'visibility is a service of its own, below the frontend.',
    ),
    embeddedLayer('frontend', 'cli|dev-server|index', 'The frontend is wired by dev-server.ts, and does not know it.'),

    forbid('domain-is-pure', 'domain imports nothing of ours but itself.', `${vishkar}/domain/`, {
      path: '^packages/',
      pathNot: `${vishkar}/domain/`,
    }),
    forbid(
      'domain-has-no-io',
      'domain is types and pure functions: it also runs inside workflows.',
      `${vishkar}/domain/`,
      {
        dependencyTypes: ['core'],
      },
    ),
    forbid(
      'workflows-are-deterministic',
      'workflows import domain and each other, nothing else of ours.',
      `${vishkar}/workflows/`,
      {
        path: '^packages/',
        pathNot: `${vishkar}/(domain|workflows)/`,
      },
    ),
    forbid(
      'workflows-use-the-workflow-sdk-only',
      'Workflow code runs in a sandbox: of npm it takes @temporalio/workflow and @temporalio/common.',
      `${vishkar}/workflows/`,
      { path: ['^(?!packages/)'], pathNot: ['node_modules/@temporalio/(workflow|common)/', '^packages/'] },
    ),
    forbid(
      'activities-use-ports',
      'activities call ports; which adapter answers is chosen by the composition root.',
      `${vishkar}/activities/`,
      {
        path: `${vishkar}/(${adapterFolders})/`,
        pathNot: `${vishkar}/(${ports.join('|')})[.]ts$`,
      },
    ),
    forbid(
      'activities-are-below',
      'activities know neither the workflows nor who serves them.',
      `${vishkar}/activities/`,
      {
        path: `${vishkar}/(workflows|cli|api|demo)/`,
      },
    ),
    forbid(
      'adapters-are-below',
      'Adapters know their port and the domain, not who calls them.',
      `${vishkar}/(${adapterFolders})/`,
      {
        path: `${vishkar}/(workflows|activities|cli|api|demo)/`,
      },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/(?!index)', '/coverage/', '/fixtures/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
