import type { LookupFunction } from 'node:net';
import { expect, it } from 'vitest';
import { leadsHere, outwardLookup } from './outward-lookup.js';

it('knows the addresses that lead back to this host', () => {
  const here = ['127.0.0.1', '127.9.9.9', '0.0.0.0', '169.254.169.254', '::1', '::', '::ffff:127.0.0.1', 'fe80::1'];
  expect(here.filter((address) => !leadsHere(address))).toEqual([]);
  expect(['93.184.215.14', '10.0.0.1', '2606:4700::1111'].filter(leadsHere)).toEqual([]);
});

it('refuses a name whose answer leads here, in either form of answer, and lets others through', async () => {
  const answering =
    (answer: string): LookupFunction =>
    (_name, options, callback) =>
      options.all === true ? callback(null, [{ address: answer, family: 4 }]) : callback(null, answer, 4);
  const ask = async (name: string, answer: string, all: boolean) =>
    await new Promise((resolve) => {
      outwardLookup(answering(answer))(name, { all }, (error, address) => resolve(error?.message ?? address));
    });
  for (const all of [true, false]) {
    expect(await ask('evil.example', '127.0.0.1', all)).toContain('leads to an address of this host');
    expect(await ask('localhost', '127.0.0.1', all)).not.toContain('leads to');
    expect(await ask('good.example', '93.184.215.14', all)).not.toContain('leads to');
  }
});
