/**
 * Resolves names of hosts that a sandbox may reach, and refuses answers that lead back here. Whoever answers for a name decides
 * its address: one on the loopback or a link-local one (where clouds keep credentials) would lead into what the list of
 * hosts keeps out.
 */
import { lookup as resolve } from 'node:dns';
import { BlockList, isIPv6 } from 'node:net';
import type { LookupFunction } from 'node:net';

const HERE = new BlockList();
HERE.addSubnet('0.0.0.0', 8, 'ipv4');
HERE.addSubnet('127.0.0.0', 8, 'ipv4');
HERE.addSubnet('169.254.0.0', 16, 'ipv4');
HERE.addAddress('::', 'ipv6');
HERE.addAddress('::1', 'ipv6');
HERE.addSubnet('fe80::', 10, 'ipv6');

/** True for an address of this host or of its link. IPv4 in IPv6 is seen through. */
export const leadsHere = (address: string): boolean => HERE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

/** A lookup that fails where `inner` answers with an address that leads here; `localhost` is meant to. */
export function outwardLookup(inner: LookupFunction = resolve as LookupFunction): LookupFunction {
  return (name, options, callback) => {
    inner(name, options, (error, answer, family) => {
      const addresses = Array.isArray(answer) ? answer.map(({ address }) => address) : [answer];
      if (error !== null || name === 'localhost' || !addresses.some((address) => leadsHere(address)))
        callback(error, answer, family);
      else callback(new Error(`${name} leads to an address of this host, which is not allowed`), []);
    });
  };
}
