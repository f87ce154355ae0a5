/**
 * Certificates and API keys from the files that the command line names. They are read here, after parsing, so that what
 * the parser gives (and `--log-config` shows) has paths in it and no secrets.
 */
import { readFileSync } from 'node:fs';
import type { DevServerOptions } from '../dev-server-options.js';
import { UsageError } from './usage-error.js';

/** Paths by what they hold; undefined where the flag was not given. */
export interface AccessFiles {
  readonly certificate: string | undefined;
  readonly privateKey: string | undefined;
  readonly clientCertificateAuthority: string | undefined;
  readonly apiKeys: string | undefined;
}

/** Throws UsageError when a file cannot be read, is empty, or lacks the one that it belongs to. */
export function readAccessFiles(files: AccessFiles): Pick<DevServerOptions, 'tls' | 'apiKeys'> {
  const certificate = read('--tls-cert-path', files.certificate);
  const privateKey = read('--tls-key-path', files.privateKey);
  const clientCertificateAuthority = read('--tls-client-ca-path', files.clientCertificateAuthority);
  const keys = read('--api-key-path', files.apiKeys);
  const apiKeys = keys && { apiKeys: requireKeys(keys) };
  if (certificate !== undefined && privateKey !== undefined) {
    const authority = clientCertificateAuthority !== undefined && { clientCertificateAuthority };
    return { tls: { certificate, privateKey, ...authority }, ...apiKeys };
  }
  if (certificate !== undefined || privateKey !== undefined || clientCertificateAuthority !== undefined)
    throw new UsageError('TLS needs both --tls-cert-path and --tls-key-path.');
  return { ...apiKeys };
}

function read(flag: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    const text = readFileSync(path, 'utf8');
    if (text.trim() !== '') return text;
  } catch (error) {
    throw new UsageError(`${flag} ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new UsageError(`${flag} ${path}: the file is empty.`);
}

/** Without keys the service would refuse everybody, which nobody means. */
function requireKeys(text: string): string[] {
  const keys = text.split('\n').map((line) => line.trim());
  const given = keys.filter((line) => line !== '' && !line.startsWith('#'));
  if (given.length === 0) throw new UsageError('--api-key-path: the file has no key in it; write one a line.');
  return given;
}
