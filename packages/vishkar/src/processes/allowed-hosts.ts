/**
 * The hosts that a configuration lets a sandbox reach, as pure functions: `registry.npmjs.org` (ports 80 and 443),
 * `pypi.example.com:8443`, `*.example.com` (what lies below it, not itself), and ports of this host: `localhost:4873`.
 */

export interface AllowedHost {
  readonly name: string;
  /** Names below `name` are meant, not `name` itself. */
  readonly isWildcard: boolean;
  /** Default: 80 and 443. */
  readonly port?: number;
}

const FORM = /^(\*\.)?((?:[a-z0-9_-]+\.)*[a-z0-9_-]+)(?::(\d{1,5}))?$/;
const WEB_PORTS = [80, 443];
/** A sandbox has no right to listen on one below. */
const FIRST_FREE_PORT = 1_024;

/** As it is configured; throws an Error that says what is wrong with it. */
export function parseAllowedHost(text: string): AllowedHost {
  const [, wildcard, name, digits] = FORM.exec(text.toLowerCase()) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (name === undefined || (port !== undefined && (port < 1 || port > 65_535)))
    throw new Error(`${text} is not a host: write "name", "name:port" or "*.name"`);
  const host = { name, isWildcard: wildcard !== undefined, ...(port === undefined ? {} : { port }) };
  if (isLoopback(host) && (port === undefined || port < FIRST_FREE_PORT))
    throw new Error(`${text} is this host: a port of it from ${String(FIRST_FREE_PORT)} up has to be named`);
  return host;
}

/** Whether one of them is this host and port. */
export function isHostAllowed(hosts: readonly AllowedHost[], name: string, port: number): boolean {
  const asked = name.toLowerCase().replace(/\.$/, '');
  return hosts.some((host) => {
    const isNamed = host.isWildcard ? asked.endsWith(`.${host.name}`) : asked === host.name;
    return isNamed && (host.port === undefined ? WEB_PORTS.includes(port) : host.port === port);
  });
}

/** Ports of this host among them: a sandbox has a loopback of its own, where they are put under the same number. */
export function loopbackPorts(hosts: readonly AllowedHost[]): readonly number[] {
  return hosts.flatMap((host) => (isLoopback(host) && host.port !== undefined ? [host.port] : []));
}

function isLoopback({ name }: AllowedHost): boolean {
  return name === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(name);
}
