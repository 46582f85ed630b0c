import { expect, it } from 'vitest';
import { z } from 'zod';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { proofOf } from '../../../../src/adapters/keys/statements.ts';
import { saidIn, signedText } from '../../../../src/adapters/redis/server/signed-text.ts';

const [own, stranger] = [newKeyPair(), newKeyPair()];
const proof = proofOf('told', own, [own]);
const schema = z.object({ n: z.number() });
const about = { cluster: 'c1' };
const read = (text: string) => saidIn(text, about, schema, proof);
const signedBy = (key: typeof own, said: object) =>
  JSON.stringify({ ...said, ...proofOf('told', key, []).sign({ ...said, ...about }) });

it('a signed statement has a format number, and is read without it', () => {
  const text = signedText({ n: 7 }, about, proof);
  expect(JSON.parse(text)).toMatchObject({ v: 1, n: 7 });
  expect(read(text)).toEqual({ is: 'said', said: { n: 7 } });
});

it.each([
  ['without a number', { n: 7 }],
  ['with a field of a newer version', { v: 1, n: 7, moon: 'full' }],
])('a statement %s is read', (_of, said) => {
  expect(read(signedBy(own, said))).toEqual({ is: 'said', said: { n: 7 } });
});

it.each([
  ['another number', { v: 2, n: 7 }],
  ['a number in another form', { v: { major: 1 }, n: 7 }],
  ['the same number and another shape', { v: 1, n: 'seven' }],
])('a signed statement with %s is newer, never unsigned', (_of, said) => {
  expect(read(signedBy(own, said))).toEqual({ is: 'newer' });
});

it.each([
  ['another number by a stranger', signedBy(stranger, { v: 2, n: 7 })],
  ['a number that was raised after it was signed', signedText({ n: 7 }, about, proof).replace('"v":1', '"v":2')],
  ['no signature', '{"v":2,"n":7}'],
  ['no JSON', 'newer'],
])('a statement with %s is unsigned, never newer', (_of, text) => {
  expect(read(text)).toEqual({ is: 'unsigned' });
});
