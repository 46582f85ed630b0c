import fc, { type Arbitrary } from 'fast-check';
import { expect } from 'vitest';
import { type FailureKind, PlainFailure } from '../../src/domain/answers/failure.ts';
import { DANGEROUS, ILL_BEHAVED } from './ill-behaved.ts';

/** Ten thousand cases for each parser, or as many as run within the time limit. */
export const CASES = { numRuns: 10_000, interruptAfterTimeLimit: 40_000 };

/** Words of the format and odd characters, in any order. */
export function wordsLike(vocabulary: readonly string[], glue: readonly string[] = ['', ' ']): Arbitrary<string> {
  const word = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...vocabulary) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    { weight: 1, arbitrary: fc.constantFrom(...DANGEROUS, ...ILL_BEHAVED) },
  );
  return fc
    .tuple(fc.array(word, { maxLength: 12 }), fc.constantFrom(...glue))
    .map(([words, between]) => words.join(between));
}

/** JSON text with mostly the format's keys and words, and some ill-behaved objects. */
export function jsonLike(keys: readonly string[], words: readonly string[] = []): Arbitrary<string> {
  const key = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...keys) },
    { weight: 1, arbitrary: fc.constantFrom(...DANGEROUS) },
  );
  const leaf = fc.oneof(
    fc.constantFrom('null', 'true', 'false', '0', '1', '-1', '1e999', '""', '[]', '{}', '9007199254740993'),
    fc.string({ unit: 'binary', maxLength: 6 }).map((text) => JSON.stringify(text)),
    fc.constantFrom(...(words.length === 0 ? ['x'] : words)).map((word) => JSON.stringify(word)),
    fc.constantFrom(...ILL_BEHAVED),
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

/** A valid text with one piece removed, duplicated, replaced or overwritten, or with an ill-behaved object as a value. */
export function spoilt(good: readonly string[]): Arbitrary<string> {
  const text = fc.constantFrom(...good);
  return fc.oneof({ weight: 4, arbitrary: withoutAPiece(text) }, { weight: 1, arbitrary: withIllBehaved(text) });
}

function withoutAPiece(good: Arbitrary<string>): Arbitrary<string> {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('"', '{', '}', '\\', '\n', ',', ':'),
  );
  return fc.tuple(good, fc.nat(), fc.nat(12), piece, fc.boolean()).map(([text, from, length, put, isDoubled]) => {
    const at = from % (text.length + 1);
    const taken = text.slice(at, at + length);
    return `${text.slice(0, at)}${put}${isDoubled ? taken + taken : ''}${text.slice(at + length)}`;
  });
}

/** Values after a colon, comma, dash or bracket, in JSON and YAML. */
const VALUE = /(?<=[:,[-] ?)(?:"[^"]*"(?!:)|[^\s{}[\],":]+)/g;

function withIllBehaved(good: Arbitrary<string>): Arbitrary<string> {
  return fc.tuple(good, fc.nat(), fc.constantFrom(...ILL_BEHAVED)).map(([text, which, ill]) => {
    const values = [...text.matchAll(VALUE)];
    const { 0: value = '', index = text.length } = values[which % Math.max(1, values.length)] ?? {};
    return `${text.slice(0, index)}${ill}${text.slice(index + value.length)}`;
  });
}

/** Runs the property with a new seed, which a failure prints, and checks that no run changed Object.prototype. */
export function fuzz<T>(arbitrary: Arbitrary<T>, holds: (value: T) => void): void {
  const before = Reflect.ownKeys(Object.prototype).length;
  const property = fc.property(arbitrary, (value) => {
    // An expectation returns a value, which the runner must not see.
    holds(value);
  });
  const seed = newSeed();
  fc.assert(property, { ...CASES, seed });
  expect(Reflect.ownKeys(Object.prototype), `seed: ${seed}`).toHaveLength(before);
}

/** The same for a parser that reads a stream. */
export async function fuzzAsync<T>(arbitrary: Arbitrary<T>, holds: (value: T) => Promise<void>): Promise<void> {
  const seed = newSeed();
  await fc.assert(fc.asyncProperty(arbitrary, holds), { ...CASES, seed });
}

/** A new random seed, in fast-check's range. */
export const newSeed = (): number => Math.floor(Math.random() * 2 ** 31);

/** The result of `act`, or one of these errors if it throws one; any other error is the parser's fault. */
export function refusalOr<T>(act: () => T, ...errors: readonly (new (...args: never[]) => Error)[]): T | Error {
  try {
    return act();
  } catch (error) {
    if (errors.some((one) => error instanceof one) && error instanceof Error) return error;
    throw error;
  }
}

/** The result of `act`, or the failure of this kind if it throws one; any other error is the parser's fault. */
export function failureOr<T>(act: () => T, kind: FailureKind): T | Error {
  const found = refusalOr(act, PlainFailure);
  if (found instanceof PlainFailure) expect(found.kind).toBe(kind);
  return found;
}
