import fc, { type Arbitrary } from 'fast-check';
import { expect } from 'vitest';

/** Cases for each parser. */
export const RUNS = 10_000;

/** Names that a careless program would take for its own. */
const DANGEROUS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', '0'];

/** Words of the format, odd bytes and everything between, in any order. */
export function wordsLike(vocabulary: readonly string[], glue: readonly string[] = ['', ' ']): Arbitrary<string> {
  const word = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...vocabulary) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    { weight: 1, arbitrary: fc.constantFrom(...DANGEROUS) },
  );
  return fc
    .tuple(fc.array(word, { maxLength: 12 }), fc.constantFrom(...glue))
    .map(([words, between]) => words.join(between));
}

/** JSON text whose keys and words are mostly those of the format, `__proto__` among them. */
export function jsonLike(keys: readonly string[], words: readonly string[] = []): Arbitrary<string> {
  const key = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...keys) },
    { weight: 1, arbitrary: fc.constantFrom(...DANGEROUS) },
  );
  const leaf = fc.oneof(
    fc.constantFrom('null', 'true', 'false', '0', '1', '-1', '1e999', '""', '[]', '{}', '9007199254740993'),
    fc.string({ unit: 'binary', maxLength: 6 }).map((text) => JSON.stringify(text)),
    fc.constantFrom(...(words.length === 0 ? ['x'] : words)).map((word) => JSON.stringify(word)),
  );
  const { node } = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('node'), { maxLength: 3 }).map((all) => `[${all.join(',')}]`),
      fc
        .array(fc.tuple(key, tie('node')), { maxLength: 5 })
        .map((all) => `{${all.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
    ),
  }));
  return node;
}

/** A good text with one piece cut out, doubled, exchanged or written over. */
export function spoilt(good: readonly string[]): Arbitrary<string> {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('"', '{', '}', '\\', '\n', ',', ':'),
  );
  return fc
    .tuple(fc.constantFrom(...good), fc.nat(), fc.nat(12), piece, fc.boolean())
    .map(([text, from, length, put, isDoubled]) => {
      const at = from % (text.length + 1);
      const taken = text.slice(at, at + length);
      return `${text.slice(0, at)}${put}${isDoubled ? taken + taken : ''}${text.slice(at + length)}`;
    });
}

/** Runs the property ten thousand times, and sees that no run has left anything on every object. */
export function fuzz<T>(arbitrary: Arbitrary<T>, holds: (value: T) => void): void {
  const before = Reflect.ownKeys(Object.prototype).length;
  const property = fc.property(arbitrary, (value) => {
    // An expectation gives a value of its own, which is not for the runner.
    holds(value);
  });
  fc.assert(property, { numRuns: RUNS });
  expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before);
}

/** What `act` gives, or the error it threw when that is one of these; any other error is the parser's fault. */
export function refusalOr<T>(act: () => T, ...errors: readonly (new (...args: never[]) => Error)[]): T | Error {
  try {
    return act();
  } catch (error) {
    if (errors.some((one) => error instanceof one) && error instanceof Error) return error;
    throw error;
  }
}
