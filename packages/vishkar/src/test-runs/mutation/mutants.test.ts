import { describe, expect, it } from 'vitest';
import { applyMutant, chooseMutants, mutantsOf } from './mutants.js';

/** Every mutant as its line with the fault in it. */
function faults(file: string, text: string, lines = text.split('\n').map((_, index) => index + 1)): string[] {
  return mutantsOf(file, text, new Set(lines)).map((mutant) => {
    expect(text.slice(mutant.start, mutant.start + mutant.before.length)).toBe(mutant.before);
    return `${mutant.kind}: ${(applyMutant(text, mutant).split('\n')[mutant.line - 1] ?? '').trim()}`;
  });
}

describe('mutantsOf', () => {
  it('changes operators, conditions, constants, results and calls of scripts', () => {
    const text = 'if (a < b && isOpen) {\n  cart.add(1);\n  return a + 2;\n}\n';
    expect(faults('cart.ts', text).toSorted()).toEqual(
      [
        'condition: if (!(a < b && isOpen)) {',
        'operator: if (a <= b && isOpen) {',
        'operator: if (a < b || isOpen) {',
        'call: ',
        'constant: cart.add(2);',
        'return: return undefined;',
        'operator: return a - 2;',
        'constant: return a + 3;',
      ].toSorted(),
    );
  });

  it('changes Python and Go as they are written', () => {
    expect(faults('cart.py', 'if x and not y:\n    total.add(x)\n    return True\n').toSorted()).toEqual(
      [
        'condition: if not (x and not y):',
        'operator: if x or not y:',
        'call: pass',
        'return: return None',
        'constant: return False',
      ].toSorted(),
    );
    expect(faults('cart.go', '\tif x*2 > y {\n\t\tcart.Add(x)\n\t\treturn true\n\t}\n').toSorted()).toEqual(
      [
        'condition: if !(x*2 > y) {',
        'operator: if x/2 > y {',
        'constant: if x*3 > y {',
        'operator: if x*2 >= y {',
        'call: ',
        'constant: return false',
      ].toSorted(),
    );
    expect(faults('cart.go', '\tif err := add(); err != nil {\n')).toEqual(['operator: if err := add(); err == nil {']);
  });

  it.each([
    [
      'comments and strings',
      'a.ts',
      '// a + b\nconst text = "1 + 2" + `${a} < 3`;\n',
      ['operator: const text = "1 + 2" - `${a} < 3`;'],
    ],
    ['regular expressions', 'a.ts', 'const word = /a + [/"] b/;\n', []],
    ['brackets of types', 'a.ts', 'const found: Map<string, Set<Key>> = load();\n', []],
    ['signs before a value', 'a.ts', 'const low = -high;\n', []],
    ['declarations, which hold no code', 'a.d.ts', 'declare const size: 1 | 2;\n', []],
    ['languages that it does not know', 'a.rs', 'let x = a + b;\n', []],
  ])('leaves alone: %s', (_what, file, text, expected) => {
    expect(faults(file, text)).toEqual(expected);
  });

  it('keeps to the changed lines', () => {
    expect(faults('a.ts', 'x = a + b;\ny = a * b;\n', [2])).toEqual(['operator: y = a / b;']);
  });
});

describe('chooseMutants', () => {
  it('takes one of every line before the second of any', () => {
    const mutants = mutantsOf('a.ts', 'x = a + b + c;\ny = a * b;\n', new Set([1, 2]));
    expect(mutants.map(({ line }) => line)).toEqual([1, 1, 2]);
    expect(chooseMutants(mutants, 2).map(({ line }) => line)).toEqual([1, 2]);
  });
});
