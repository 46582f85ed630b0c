import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/domain/wish/parse-command.ts';

const parse = (text: string) => parseCommand(text, { clusters: ['lab', 'prod'], defaultCluster: 'lab' });
const freeze = { verb: 'freeze', node: null };

describe('a typed freeze or lock', () => {
  it.each([
    ['freeze', { hold: 'set', ...freeze, cluster: 'lab' }],
    ['freeze --reason “year end”', { hold: 'set', ...freeze, cluster: 'lab', reason: 'year end' }],
    ['freeze --for 2h', { hold: 'set', ...freeze, cluster: 'lab', forMs: 7_200_000 }],
    ['lock node-2 --for=90min', { hold: 'set', verb: 'lock', node: 'node-2', cluster: 'lab', forMs: 5_400_000 }],
    ['freeze --for 30d', { hold: 'set', ...freeze, cluster: 'lab', forMs: 2_592_000_000 }],
    ['freeze --cluster prod', { hold: 'set', ...freeze, cluster: 'prod' }],
    ['unfreeze —cluster=prod', { hold: 'lift', ...freeze, cluster: 'prod' }],
    ['lock node-2 --reason disk', { hold: 'set', verb: 'lock', node: 'node-2', cluster: 'lab', reason: 'disk' }],
    ['lock cluster', { hold: 'set', verb: 'lock', node: null, cluster: 'lab' }],
    ['unlock node-2', { hold: 'lift', verb: 'lock', node: 'node-2', cluster: 'lab' }],
  ])('is parsed: %s', (text, wish) => {
    expect(parse(text)).toEqual({ is: 'hold', hold: wish });
  });

  it.each([
    ['freeze node-2', 'takes no name'],
    ['lock', 'one node, or the word cluster'],
    ['lock node-1 node-2', 'one node, or the word cluster'],
    ['unlock node-2 --reason done', 'unlock takes no --reason'],
    ['unfreeze --reason done', 'unfreeze takes no --reason'],
    ['unfreeze --for 2h', 'has no option “--for”'],
    ['freeze --for 31d', 'at most 30 days'],
    ['freeze --for 0m', 'at most 30 days'],
    ['freeze --for tomorrow', 'not “tomorrow”'],
    ['add node-2 --for 2h', 'has no option “--for”'],
    ['freeze --cluster lap', 'Did you mean “lab”'],
    ['freeze --reason ""', 'reason is empty'],
    ['freze', 'Did you mean “freeze”'],
  ])('is refused with what to type instead: %s', (text, says) => {
    expect(parse(text)).toMatchObject({ says: expect.stringContaining(says) });
  });

  it.each([
    ['freeze prod', 'freeze takes no name', 'freeze --cluster prod'],
    ['freeze PROD --for 2h', 'freeze takes no name', 'freeze --cluster prod --for 2h'],
    ['unfreeze prod', 'unfreeze takes no name', 'unfreeze --cluster prod'],
    ['lock prod', '“prod” is a cluster, not a node', 'lock cluster --cluster prod'],
    ['lock prod --for 2h', '“prod” is a cluster, not a node', 'lock cluster --cluster prod --for 2h'],
    ['unlock prod', '“prod” is a cluster, not a node', 'unlock cluster --cluster prod'],
    ['lock node-2 prod', 'lock takes one node, or the word cluster', 'lock node-2 --cluster prod'],
  ])('never suggests the default cluster if another one was named: %s', (text, says, next) => {
    const tryNext = expect.stringMatching(new RegExp(`/registry-ha ${next}$`));
    expect(parse(text)).toEqual({ refused: 'bad-command', says: expect.stringContaining(says), tryNext });
  });

  it('locks a node that has the name of a cluster', () => {
    const nodesOf = () => ({ names: ['bootstrap', 'prod'], bootstrap: ['bootstrap'] });
    expect(parseCommand('lock prod', { clusters: ['lab', 'prod'], defaultCluster: 'lab', nodesOf })).toMatchObject({
      hold: { cluster: 'lab', node: 'prod', isKnown: true },
    });
  });

  it.each([
    ['lock Node_2', '“Node_2” is not a valid node name: node names have only lower-case letters', 'lock node-2'],
    ['unlock NODE-3', 'Did you mean “node-3”?', 'unlock node-3'],
    ['lock Cluster', 'Did you mean “cluster”?', 'lock cluster'],
    ['lock @channel', '“@channel” is not a valid node name: it is a Slack mention', 'lock node-2'],
  ])('is refused with the name that was probably meant: %s', (text, says, next) => {
    const tryNext = `For example: /registry-ha ${next}`;
    expect(parse(text)).toEqual({ refused: 'bad-command', says: expect.stringContaining(says), tryNext });
  });
});
