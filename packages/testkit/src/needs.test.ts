import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProgram, itNeeds, missing, need, skippedTitle } from './needs.js';
import { temporaryFolder } from './temporary-folder.js';

const present = need('a thing that is there', () => 'found it');
const absent = need('a thing that is not there', () => undefined);

describe('needs', () => {
  it('name only what is missing', () => {
    expect(missing({ present, absent })).toEqual(['a thing that is not there']);
    expect(skippedTitle('works', missing({ absent }))).toBe('works (skipped: needs a thing that is not there)');
  });

  it('look once, also when nothing is found', () => {
    let searches = 0;
    const counted = need('a search', () => {
      searches += 1;
      return undefined;
    });
    counted.find();
    counted.find();
    expect(searches).toBe(1);
  });

  itNeeds({ present }, 'hand over what was found', ({ present: found }) => {
    expect(found).toBe('found it');
  });
});

describe('findProgram', () => {
  it('takes files that may be executed, full paths before PATH', () => {
    const folder = temporaryFolder('needs');
    const program = join(folder, 'program');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o644);
    expect(findProgram('no-such-program', program)).toBeUndefined();
    chmodSync(program, 0o755);
    expect(findProgram('no-such-program', program)).toBe(program);
    expect(findProgram('no-such-program', folder)).toBeUndefined();
    expect(findProgram('sh')).toMatch(/\/sh$/);
  });
});
