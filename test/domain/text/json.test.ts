import { expect, it } from 'vitest';
import { jsonIn } from '../../../src/domain/text/json.ts';

it.each([
  ['null', null],
  ['{"a":[1,"b"]}', { a: [1, 'b'] }],
  [' 0 ', 0],
])('parses %s', (text, value) => {
  expect(jsonIn(text)).toEqual(value);
});

it.each(['', 'undefined', '{', '{"a":1}}', "{'a':1}", '01', 'NaN'])('returns undefined for %j', (text) => {
  expect(jsonIn(text)).toBeUndefined();
});
