/**
 * Why a server does not start, for whoever starts it: each says what is wrong and what to do.
 * (`errors.ts` holds the errors that clients of a running service get.)
 */

/** The address is reachable from outside this machine. */
export class UnsafeAddressError extends Error {
  constructor(ip: string) {
    super(
      `The service has no authentication, so it only listens on a loopback address (127.0.0.1 or ::1), not on "${ip}". ` +
        'To serve other machines, run a Temporal cluster.',
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
