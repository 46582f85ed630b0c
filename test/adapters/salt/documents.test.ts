import { expect, test } from 'vitest';
import { documents } from '../../../src/adapters/salt/documents.ts';
import { cpuMs } from '../../fixtures/cpu.ts';

test.each([
  ['nothing', '', []],
  ['one line for each minion', '{"a": 1}\n{"b": 2}\n', [{ a: 1 }, { b: 2 }]],
  ['documents over many lines', '{\n    "a": [\n        1\n    ]\n}\n{\n    "b": 2\n}\n', [{ a: [1] }, { b: 2 }]],
  ['documents without a line end between', '{"a": 1}{"b": 2}', [{ a: 1 }, { b: 2 }]],
  ['a jid before', 'jid: 20261122060122656994\n{"a": 1}', [{ a: 1 }]],
  ['words of -v', 'Executing job with jid 2026\n------\n\n{"a": 1}', [{ a: 1 }]],
  ['words of a batch', "\nExecuting run on ['node-1', 'node-2']\n\n{\"a\": 1}\nretcode: 0\n", [{ a: 1 }]],
  ['a log line in brackets', '[ERROR   ] no "quotes here\n{"a": 1}', [{ a: 1 }]],
  ['brackets and quotes inside a comment', JSON.stringify({ a: '}{"][\\' }), [{ a: '}{"][\\' }]],
  ['carriage returns of a terminal', '{\r\n"a": 1\r\n}\r\n', [{ a: 1 }]],
  ['a text document', '"The salt master could not be contacted."\n', ['The salt master could not be contacted.']],
  ['brackets over many lines that are not JSON', '[a\n[b\n]]\n{"a": 1}', [{ a: 1 }]],
  ['a document that was cut', '{"a": 1}\n{"b": {"c": "half', [{ a: 1 }]],
])('finds every document: %s', (_, text, wanted) => {
  expect(documents(text)).toEqual(wanted);
});

test('reads an answer of many megabytes', () => {
  const huge = JSON.stringify({ a: '{"\\'.repeat(2 ** 20) });
  expect(documents(huge + huge)).toHaveLength(2);
});

test.each(['[x\n', '{x\n', '{\n', '["\n"'])('takes time in proportion to the text: %j', (opener) => {
  const closer = opener.startsWith('{') ? '}' : ']';
  const work = (size: number) => cpuMs(() => documents(`${opener.repeat(size)}${closer.repeat(size)}`));
  work(500);
  // Quadratic work would be 256 times as much.
  expect(work(8_000)).toBeLessThan(100 + 64 * work(500));
});
