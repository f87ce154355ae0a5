import { describe, expect, it } from 'vitest';
import { bubblewrapArguments, installationOf, toolchainOf } from './bubblewrap-arguments.js';

const places = { worktree: '/home/ann/state/worktree', home: '/home/ann/state/home', output: '/home/ann/state/output' };
const git = {
  commonFolder: '/home/ann/code/.git',
  folder: '/home/ann/code/.git/worktrees/story',
  pointers: ['/home/ann/code/.git/worktrees/story/commondir'],
};

const network = { relay: '/opt/vishkar/relay.js', sockets: '/tmp/vishkar-net-1' };

/** The mounts as `option path`, in their order. */
function mounts(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, at) => (/^--(ro-)?bind$|^--tmpfs$/.test(arg) ? [`${arg} ${args[at + 1] ?? ''}`] : []));
}

describe('bubblewrapArguments', () => {
  it('empties what is private first, and puts back only what a run needs', () => {
    const facts = {
      places,
      emptied: ['/tmp', '/home/ann'],
      toolFolders: ['/usr/bin', '/home/ann/.nvm/v20', '/tmp/venv'],
      network,
    };
    expect(mounts(bubblewrapArguments({ ...facts, git }))).toEqual([
      '--ro-bind /',
      '--tmpfs /tmp',
      '--tmpfs /home/ann',
      '--ro-bind /opt/vishkar/relay.js',
      '--ro-bind /tmp/vishkar-net-1',
      '--ro-bind /home/ann/.nvm/v20',
      '--ro-bind /tmp/venv',
      '--ro-bind /home/ann/code/.git',
      '--bind /home/ann/code/.git/objects',
      '--bind /home/ann/code/.git/worktrees/story',
      '--ro-bind /home/ann/code/.git/worktrees/story/commondir',
      '--bind /home/ann/state/worktree',
      '--ro-bind /home/ann/state/worktree/.git',
      '--bind /home/ann/state/home',
      '--bind /home/ann/state/output',
    ]);
    expect(bubblewrapArguments({ ...facts, git: undefined }).join(' ')).not.toContain('.git');
  });

  it('never lets git settings of a plain checkout be written', () => {
    const plain = { commonFolder: `${places.worktree}/.git`, folder: `${places.worktree}/.git`, pointers: [] };
    const args = bubblewrapArguments({ places, emptied: [], toolFolders: [], git: plain, network });
    expect(mounts(args).filter((each) => each.endsWith('.git'))).toEqual([
      `--ro-bind ${places.worktree}/.git`,
      `--ro-bind ${places.worktree}/.git`,
    ]);
  });
});

describe('the folders of a program', () => {
  it.each([
    ['/opt/venv/bin/aider', '/opt/venv'],
    ['/code/engines/goose/node_modules/@aaif/goose/bin/goose', '/code/engines/goose/node_modules'],
    ['/opt/tool/agent', '/opt/tool'],
    ['/home/ann/bin/agent', '/home/ann/bin'],
    ['/home/ann/.local/bin/agent', '/home/ann/.local/bin'],
    ['/home/ann/agent', '/home/ann/agent'],
    ['/tmp/agent', '/tmp/agent'],
  ])('of %s are %s', (program, folder) => {
    expect(installationOf(program, ['/tmp', '/home/ann'])).toBe(folder);
  });

  it.each([
    ['/home/ann/.pyenv/shims', '/home/ann/.pyenv'],
    ['/home/ann/.nvm/versions/node/v20/bin', '/home/ann/.nvm/versions/node/v20'],
    ['/home/ann/bin', '/home/ann/bin'],
    ['/home/ann/.local/bin', '/home/ann/.local/bin'],
    ['/home/ann/.cargo/bin', '/home/ann/.cargo/bin'],
    ['/usr/bin', '/usr/bin'],
  ])('of the entry %s of PATH are %s', (entry, folder) => {
    expect(toolchainOf(entry, '/home/ann')).toBe(folder);
  });
});
