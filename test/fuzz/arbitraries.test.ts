import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz, jsonLike, spoilt, wordsLike } from './arbitraries.ts';
import { DANGEROUS, ILL_BEHAVED } from './ill-behaved.ts';

describe('a failing case of a fuzz test', () => {
  it('is reported with the seed that reproduces it', () => {
    const failing = () => fuzz(fc.nat(), (n) => expect(n).toBe(-1));
    expect(failing).toThrow(/seed: -?\d+, path: "/);
  });

  it('is reported with its seed also if it only changed Object.prototype', () => {
    const name = 'left-by-a-case';
    const leaving = () =>
      fuzz(fc.constant(name), (key) => void Object.defineProperty(Object.prototype, key, REMOVABLE));
    expect(leaving).toThrow(/seed: \d+/);
    Reflect.deleteProperty(Object.prototype, name);
  });
});

describe('the generated texts of the fuzz tests', () => {
  it.each([
    ['JSON', jsonLike(['a']), [...ILL_BEHAVED, ...DANGEROUS]],
    ['words', wordsLike(['a']), [...ILL_BEHAVED, ...DANGEROUS]],
    ['spoilt JSON', spoilt(['{"a":{"b":[1]},"c":"d"}']), ILL_BEHAVED.flatMap((ill) => [`"b":[${ill}]`, `"c":${ill}}`])],
    ['spoilt YAML', spoilt(['a:\n  - b\nc: d\n']), ILL_BEHAVED.flatMap((ill) => [`  - ${ill}\n`, `c: ${ill}\n`])],
  ])('contain ill-behaved objects: %s', (_name, texts, wanted) => {
    const all = fc.sample(texts, { numRuns: 20_000, seed: 1 }).join('\n');
    expect(wanted.filter((one) => !all.includes(one))).toEqual([]);
  });
});

const REMOVABLE = { value: 1, configurable: true, writable: true };
