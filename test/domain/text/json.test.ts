import { expect, it } from 'vitest';
import { jsonIn } from '../../../src/domain/text/json.ts';

it.each([
  ['null', null],
  ['{"a":[1,"b"]}', { a: [1, 'b'] }],
  [' 0 ', 0],
])('the text %s is a value', (text, value) => {
  expect(jsonIn(text)).toEqual(value);
});

it.each(['', 'undefined', '{', '{"a":1}}', "{'a':1}", '01', 'NaN'])('the text %j is none', (text) => {
  expect(jsonIn(text)).toBeUndefined();
});
