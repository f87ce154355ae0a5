/**
 * Why a server does not start, for whoever starts it: each says what is wrong and what to do.
 * (`errors.ts` holds the errors that clients of a running service get.)
 */

/** The address is reachable from outside this machine, and nothing keeps strangers out. */
export class UnsafeAddressError extends Error {
  constructor(ip: string) {
    super(
      `Without TLS and callers who have to prove who they are, the service only listens on a loopback address (127.0.0.1 or ::1), not on "${ip}". ` +
        'Give it a certificate and API keys, an authorizer or a certificate authority for clients; or run a Temporal cluster.',
    );
    this.name = 'UnsafeAddressError';
  }
}

/** Something else listens on the port. */
export class AddressInUseError extends Error {
  constructor(ip: string, port: number, cause: Error) {
    super(`Port ${port} on ${ip} is in use. Stop what listens there, or choose another port (0 picks a free one).`, {
      cause,
    });
    this.name = 'AddressInUseError';
  }
}
