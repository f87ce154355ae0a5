/**
 * The environment that a program started by Vishkar gets: an allow-list, so that tokens and keys of the person or the
 * CI that runs us never reach an engine or a project's scripts. What is needed beyond it is passed by name.
 */
import { join } from 'node:path';

/** What programs need to run at all, to find their toolchain, and to trust and reach the network as this host does. */
const ALLOWED = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TERM', 'COLORTERM'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'GIT_SSL_CAINFO'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'],
  // Only settings of npm that hold no credentials: an allowed `npm_config_*` would let `npm_config__auth` through.
  ...['npm_config_registry', 'npm_config_cache', 'npm_config_offline', 'npm_config_prefer_offline'],
  ...['JAVA_HOME', 'GOROOT', 'GOPATH', 'CARGO_HOME', 'RUSTUP_HOME', 'VIRTUAL_ENV', 'NVM_DIR', 'VOLTA_HOME'],
  ...['COREPACK_HOME', 'PNPM_HOME', 'PYENV_ROOT', 'DOTNET_ROOT', 'GRADLE_USER_HOME', 'RUSTUP_TOOLCHAIN'],
  ...['GOPROXY', 'GOPRIVATE', 'GOSUMDB', 'GOFLAGS', 'GOMODCACHE', 'GOCACHE', 'LLVM_COV', 'LLVM_PROFDATA'],
  // Without these nothing starts on Windows.
  ...['SystemRoot', 'SYSTEMROOT', 'ComSpec', 'COMSPEC', 'PATHEXT', 'TEMP', 'TMP', 'windir'],
]);
const ALLOWED_PREFIX = /^LC_[A-Z]+$/;

export interface ChildEnvironmentOptions {
  /** Default: our own environment. */
  readonly from?: NodeJS.ProcessEnv;
  /** A private folder that takes the place of HOME, with the XDG folders inside it. */
  readonly home?: string;
  /** Names of further variables to pass on when they are set; the way a key reaches the one program that needs it. */
  readonly pass?: readonly string[];
  /** Variables with their values; they win. */
  readonly set?: Readonly<Record<string, string>>;
}

/** The whole environment for a child process. */
export function childEnvironment(options: ChildEnvironmentOptions = {}): Record<string, string> {
  const passed = new Set(options.pass ?? []);
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.from ?? process.env)) {
    if (value === undefined) continue;
    const isAllowed = (ALLOWED.has(name) || ALLOWED_PREFIX.test(name)) && !hasCredentials(value);
    if (isAllowed || passed.has(name)) environment[name] = value;
  }
  return { ...environment, ...(options.home === undefined ? {} : privateHome(options.home)), ...options.set };
}

/** The address of a proxy or a registry with a password in it is a secret like any other: it is passed by name, or not at all. */
function hasCredentials(value: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^\s/@]*:[^\s/@]*@/i.test(value);
}

function privateHome(home: string): Record<string, string> {
  return {
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
  };
}
