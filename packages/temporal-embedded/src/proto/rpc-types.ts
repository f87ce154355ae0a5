/** Request and response messages of an rpc, by reflection; resolved at the first use, since all of them take 150 ms. */
import type { Method, Type } from 'protobufjs';

export const requestType = (rpc: Method): Type => resolved(rpc, 'resolvedRequestType');
export const responseType = (rpc: Method): Type => resolved(rpc, 'resolvedResponseType');

function resolved(rpc: Method, which: 'resolvedRequestType' | 'resolvedResponseType'): Type {
  rpc.resolve();
  const type = rpc[which];
  if (!type) throw new Error(`The reflection root does not know the messages of ${rpc.fullName}.`);
  return type;
}
