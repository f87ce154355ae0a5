import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slugify } from '../src/slugify.js';

test('joins words with single dashes', () => {
  assert.equal(slugify('  Hello,  World! '), 'hello-world');
});

test('writes accented letters without their accents', () => {
  assert.equal(slugify('Straße über Łódź'), 'strasse-uber-lodz');
});

test('is empty when nothing is left', () => {
  assert.equal(slugify('!?'), '');
});
