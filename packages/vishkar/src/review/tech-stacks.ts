/** Who sits on the tech-stack panel: stacks by the files that a change touches. Pure. */
import picomatch from 'picomatch';
import type { TechStack } from './review-config.js';

/** More panelists than this say the same things again. */
const STACKS_AT_MOST = 4;

const STACKS: readonly TechStack[] = [
  {
    name: 'react',
    files: ['**/*.{tsx,jsx}'],
    focus:
      'React: rules of hooks, dependencies of effects, keys of lists, state that is derived, work that is done at each render.',
  },
  {
    name: 'typescript',
    files: ['**/*.{ts,mts,cts,tsx}'],
    focus:
      'TypeScript: casts and any that hide faults, unions that are not exhausted, promises that nobody awaits, optional values taken for present.',
  },
  {
    name: 'node',
    files: ['**/*.{js,mjs,cjs}', '**/package.json'],
    focus:
      'Node.js: promises that nobody awaits, streams and handles that are not closed, the event loop blocked, module systems mixed up.',
  },
  {
    name: 'python',
    files: ['**/*.py', '**/pyproject.toml'],
    focus:
      'Python: mutable defaults, context managers left out, exceptions caught too widely, async and blocking code mixed, wrong type hints.',
  },
  {
    name: 'go',
    files: ['**/*.go', '**/go.mod'],
    focus:
      'Go: errors that are dropped or not wrapped, goroutines that never end, contexts not passed on, nil maps and interfaces, defer in loops.',
  },
  {
    name: 'rust',
    files: ['**/*.rs', '**/Cargo.toml'],
    focus:
      'Rust: unwrap outside of tests, needless clones, locks held over await, unsafe without its reason, integer overflow.',
  },
  {
    name: 'java',
    files: ['**/*.{java,kt}', '**/pom.xml', '**/*.gradle{,.kts}'],
    focus:
      'Java and Kotlin: resources outside of try-with-resources, equals without hashCode, shared mutable state, Optional and null mixed up.',
  },
  {
    name: 'dotnet',
    files: ['**/*.{cs,csproj,fs}'],
    focus:
      '.NET: async void, disposables not disposed, LINQ run more than once, blocking on tasks, nullability warnings switched off.',
  },
  {
    name: 'sql',
    files: ['**/*.sql', '**/migrations/**'],
    focus:
      "SQL and migrations: locks on large tables, changes that running code can't bear, missing indexes, data lost on the way back.",
  },
  {
    name: 'containers',
    files: ['**/{Dockerfile,Containerfile}*', '**/{compose,docker-compose}*.y{,a}ml', '**/charts/**'],
    focus:
      'Containers: root at run time, versions that float, secrets in layers, layers in an order that defeats the cache.',
  },
  {
    name: 'ci',
    files: ['.github/workflows/**', '.gitlab-ci.yml'],
    focus:
      'CI: rights that are wider than needed, actions by tag, text of pull requests in shell commands, secrets given to foreign code.',
  },
];

/** Stacks that a change touches, most files first; the project's own before ours where they tie. */
export function stacksOf(paths: readonly string[], own: readonly TechStack[] = []): readonly TechStack[] {
  const known = [...own, ...STACKS.filter(({ name }) => !own.some((each) => each.name === name))];
  return known
    .map((stack, order) => ({
      stack,
      order,
      files: paths.filter((path) => picomatch.isMatch(path, [...stack.files], { dot: true })).length,
    }))
    .filter(({ files }) => files > 0)
    .sort((a, b) => b.files - a.files || a.order - b.order)
    .slice(0, STACKS_AT_MOST)
    .map(({ stack }) => stack);
}
