import { describe, expect, it } from 'vitest';
import { claimAt, materialOf } from '../../test/support/scripted-panelist.js';
import { placedByQuotes, quotesAreThere } from './quoted-code.js';

const material = materialOf('const total = sum(items);', '', 'return total / items.length;', 'log(total);');

describe('code that a claim quotes', () => {
  it('moves the claim to the added line near by that holds it', () => {
    expect(placedByQuotes(claimAt(1, { issue: '`items.length` may be 0' }), material).line).toBe(3);
  });

  it('leaves the claim where the named line holds it, and where nothing does', () => {
    expect(placedByQuotes(claimAt(4, { issue: '`total` is wrong' }), material).line).toBe(4);
    expect(placedByQuotes(claimAt(2, { issue: '`nowhere()` is called' }), material).line).toBe(2);
  });

  it('grounds the claim, in whatever layout it is quoted, and does not when none of it exists', () => {
    expect(quotesAreThere(claimAt(3, { issue: '`total/items.length` divides by 0' }), material)).toBe(true);
    expect(quotesAreThere(claimAt(3, { issue: '`average(items)` divides by 0' }), material)).toBe(false);
    expect(quotesAreThere(claimAt(3, { issue: 'it divides by 0' }), material)).toBe(true);
  });
});
