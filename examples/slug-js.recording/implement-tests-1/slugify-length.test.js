import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slugify } from '../src/slugify.js';

test('TC-SLUG-1-001 cuts between words', () => {
  const slug = slugify('A long title about nothing', { maxLength: 20 });
  assert.equal(slug, 'a-long-title-about');
});

test('TC-SLUG-1-002 cuts a first word that is too long by itself', () => {
  assert.equal(slugify('Donaudampfschifffahrt tour', { maxLength: 5 }), 'donau');
});

test('TC-SLUG-1-003 leaves alone what fits, to the last character', () => {
  assert.equal(slugify('one two', { maxLength: 7 }), 'one-two');
  assert.equal(slugify('one two three', { maxLength: 7 }), 'one-two');
  assert.equal(slugify('one two', {}), 'one-two');
});

test('TC-SLUG-1-004 refuses limits that make no sense', () => {
  for (const maxLength of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => slugify('one', { maxLength }), RangeError);
  }
});
