/** Why a test that passes on the official server does not on ours, where that is known and meant. */
const REASONS = [
  {
    suite: 'cli',
    matches: (key, note) => /Worker versioning v0\.\d .*deprecated\) is disabled/.test(note),
    reason:
      'worker versioning before worker deployments: deprecated, and off by default in the official server, which the suites run with it switched on; here it is not built',
  },
  {
    suite: 'cli',
    matches: (key) => key.includes('--legacy-mode'),
    reason: 'there are no blocks of task ids here, and pollers are told with their deployment only',
  },
  {
    suite: 'cli',
    matches: (key, note) => key.includes('operator cluster list') && note === 'lacks [].address, [].httpAddress',
    reason: 'a cluster of one: there is no other that would have to find it',
  },
  {
    suite: 'cli',
    matches: (key, note) => key.includes('namespace') && /^lacks [^;]*customSearchAttributeAliases[^;]*$/.test(note),
    reason: 'search attributes have no columns of other names behind them here, so there are no aliases',
  },
  {
    suite: 'cli',
    matches: (key, note) => key.includes('nexus endpoint') && note === 'has [].createdTime',
    reason: 'the official service forgets when an endpoint was created once it is updated',
  },
  {
    suite: 'cli',
    matches: (key, note) => key.includes('workflow show') && /^lacks [^;]*workflow(Execution|Run)Timeout$/.test(note),
    reason: 'a timeout that the CLI sends as 0 is not repeated in the started event',
  },
];

export const reasonOf = (suite, key, note) =>
  REASONS.find((each) => each.suite === suite && each.matches(key, note))?.reason;
