import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/domain/wish/parse-command.ts';

const parse = (text: string) => parseCommand(text, { clusters: ['lab', 'prod'], defaultCluster: 'lab' });

describe('a reason without quotes', () => {
  it.each([
    ['add node-3 --reason replace node-1', 'node-1', 'add node-3 --reason "replace node-1"'],
    ['add node-3 --reason replace disk', 'disk', 'add node-3 --reason "replace disk"'],
    ['add node-3 —reason=replace disk', 'disk', 'add node-3 --reason "replace disk"'],
    ['add --reason new disk --cluster prod node-3', 'disk', 'add node-3 --cluster prod --reason "new disk"'],
    ['add node-3 --reason the "new" disk', 'new', 'add node-3 --reason "the new disk"'],
    ['add node-3 --reason 6" disk', 'disk', `add node-3 --reason "6' disk"`],
    ['add --reason maintenance node-3', 'node-3', 'add node-3 --reason "maintenance"'],
    ['add --reason replace node-1 node-3', 'node-1', 'add NODE --reason "replace node-1 node-3"'],
    ['lock node-2 --reason new disk', 'disk', 'lock node-2 --reason "new disk"'],
    ['lock --reason new disk', 'disk', 'lock disk --reason "new"'],
    ['freeze --reason year end', 'end', 'freeze --reason "year end"'],
    ['sync --reason after upgrade', 'upgrade', 'sync --reason "after upgrade"'],
    ['sync node-2 --reason after upgrade', 'upgrade', 'sync node-2 --reason "after upgrade"'],
    ['plan add node-3 --reason new disk', 'disk', 'plan add node-3 --reason "new disk"'],
    ['undo lab-7f3k2q --reason wrong node', 'node', 'undo lab-7f3k2q --reason "wrong node"'],
    ['undo --reason the wrong node', 'wrong', 'undo CHANGE --reason "the wrong node"'],
  ])('is never parsed as a name, and the refusal shows the quotes: %s', (typed, word, meant) => {
    expect(parse(typed)).toEqual({
      refused: 'bad-command',
      says: `The reason has no quotes, so it is unclear whether “${word}” belongs to it.`,
      tryNext: `Put the reason in quotes: /registry-ha ${meant}`,
    });
  });

  it('is not repeated if it is very long, or if the command takes no reason', () => {
    expect(parse(`add node-3 --reason ${'long '.repeat(200)}`)).toMatchObject({
      tryNext: 'Put the reason in quotes: --reason "disk of node-1"',
    });
    expect(parse('unlock node-2 --reason all is well')).toMatchObject({
      says: 'unlock takes no --reason. Give the reason with lock.',
    });
  });
});
