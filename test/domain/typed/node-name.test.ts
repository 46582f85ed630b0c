import { expect, it } from 'vitest';
import { meantNodeName } from '../../../src/domain/cluster/node-name.ts';

it.each([
  ['Node_2', 'node-2'],
  ['NODE 2', 'node-2'],
  ['“node-2”.', 'node-2'],
  ['[node-2]', 'node-2'],
  ['<node-2>', 'node-2'],
])('%s can only mean %s', (typed, meant) => {
  expect(meantNodeName(typed)).toBe(meant);
});

it.each(['node-*', 'node-?', 'node-[23]', 'node-{2,3}', 'узел-2', '2号', 'knoten-ä', '$(reboot)', '@alice', '*'])(
  '%s suggests no name: what is left of it would be another one',
  (typed) => {
    expect(meantNodeName(typed)).toBeNull();
  },
);
