import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import { parseCommand } from '../../../src/domain/wish/parse-command.ts';

const context = { clusters: ['lab', 'prod-paris'], defaultCluster: 'lab' };
const parse = (text: string) => parseCommand(text, context);

const UNDERSTOOD: readonly (readonly [typed: string, intent: object])[] = [
  ['add node-2', { nodes: ['node-2'] }],
  ['  add   node-2   node-3 ', { nodes: ['node-2', 'node-3'] }],
  ['add node-2, node-3,node-4', { nodes: ['node-2', 'node-3', 'node-4'] }],
  ['add node-2 node-2', { nodes: ['node-2'] }],
  ['add node-2.lab.example', { nodes: ['node-2.lab.example'] }],
  ['add 10', { nodes: ['10'] }],
  ['add node-2 --cluster prod-paris', { cluster: 'prod-paris', nodes: ['node-2'] }],
  ['add --cluster=prod-paris node-2', { cluster: 'prod-paris', nodes: ['node-2'] }],
  ['add node-2 —cluster prod-paris', { cluster: 'prod-paris', nodes: ['node-2'] }],
  ['add node-2 --reason "second registry"', { nodes: ['node-2'], reason: 'second registry' }],
  ['add node-2 --reason “second registry”', { nodes: ['node-2'], reason: 'second registry' }],
  ['add node-2 --reason "mixed quotes”', { nodes: ['node-2'], reason: 'mixed quotes' }],
  ["add node-2 --reason 'node-1's disk fails'", { nodes: ['node-2'], reason: "node-1's disk fails" }],
  ['add node-2 --reason=‘before the upgrade’', { nodes: ['node-2'], reason: 'before the upgrade' }],
  ['add node-2 --reason="a=b \\ $(reboot)"', { nodes: ['node-2'], reason: 'a=b \\ $(reboot)' }],
  ['add node-2 --reason maintenance', { nodes: ['node-2'], reason: 'maintenance' }],
  ['add --reason "maintenance" node-2', { nodes: ['node-2'], reason: 'maintenance' }],
  ['add node-2 --reason “second registry” node-3', { nodes: ['node-2', 'node-3'], reason: 'second registry' }],
  ['add --reason disk --cluster lab node-2', { nodes: ['node-2'], reason: 'disk' }],
  ["add node-2 --reason don't", { nodes: ['node-2'], reason: "don't" }],
  ['add node-2 --reason "bell\u0007 and \u202eright to left"', { nodes: ['node-2'], reason: 'bell and right to left' }],
];

const REFUSED: readonly (readonly [typed: string, says: string, refused?: string])[] = [
  ['ad node-2', 'Did you mean “add”?'],
  ['Add node-2', 'Did you mean “add”?'],
  ['destroy node-2', 'There is no command “destroy”.'],
  ['add', 'No node is named'],
  ['add --reason "why"', 'No node is named'],
  ['add Node-2', 'Did you mean “node-2”?'],
  ['add node_2', 'Did you mean “node-2”?'],
  ['add -node-2', 'I do not know “-node-2”'],
  ['add node-2-', 'Did you mean “node-2”?'],
  ['add node-2;reboot', '“node-2;reboot” cannot be a node'],
  ['add $(reboot)', '“$(reboot)” cannot be a node'],
  ['add ../../etc', '“../../etc” cannot be a node'],
  ['add @alice', '“@alice” cannot be a node: it is a mention in Slack'],
  ['add "node-2 node-3"', 'cannot be a node'],
  [`add ${'a'.repeat(254)}`, 'it has 254 characters, and names have at most 253'],
  ['add node-2 --clutser lab', 'Did you mean “--cluster”?'],
  ['add node-2 --force', 'There are --cluster and --reason'],
  ['add node-2 --cluster', '--cluster needs a value'],
  ['add node-2 --cluster --reason "x"', '--cluster needs a value'],
  ['add node-2 --cluster prod-pari', 'Did you mean “prod-paris”?', 'unknown-cluster'],
  ['add node-2 --cluster elsewhere', 'No cluster “elsewhere”', 'unknown-cluster'],
  ['add node-2 --cluster lab --cluster lab', 'given twice'],
  ['add node-2 --reason "never closed', 'never closed'],
  ['add node-2 --reason ""', 'The reason is empty'],
  ['add node-2 --reason "two\nlines"', 'more than one line'],
  [`add node-2 --reason "${'x'.repeat(201)}"`, '201 characters'],
  [`add ${Array.from({ length: 21 }, (_, n) => `node-${n}`).join(' ')}`, '21 nodes'],
];

describe('what is typed after the slash command', () => {
  it.each(UNDERSTOOD)('is taken as the operator meant it: %s', (typed, intent) => {
    expect(parse(typed)).toEqual({ is: 'change', intent: { verb: 'add', cluster: 'lab', ...intent } });
  });

  it.each(REFUSED.map(([typed, says, refused = 'bad-command']) => [typed, says, refused] as const))(
    'is not guessed at when it is unclear: %s',
    (typed, says, refused) => {
      const answer = parse(typed);
      if (!('refused' in answer)) throw new Error(`taken as ${JSON.stringify(answer)}`);
      expect(answer.refused).toBe(refused);
      expect(answer.says).toContain(says);
      expect(answer.tryNext ?? '').not.toBe('');
    },
  );

  it.each([
    ['cancel', 'button on the card', 'Press Approve, Deny, Cancel'],
    ['Approve lab-7f3k2q', '“Approve” is done with a button', 'Retry from here'],
    ['status', 'the card of each change shows', '/registry-ha help'],
    ['verify node-2', 'add itself looks', '/registry-ha add node-2'],
    ['remove node-2', 'by hand', 'docs/commands.md'],
  ])('that is done elsewhere is answered with where: %s', (typed, says, next) => {
    const tryNext = expect.stringContaining(next);
    expect(parse(typed)).toEqual({ refused: 'bad-command', says: expect.stringContaining(says), tryNext });
  });

  it.each(['@channel', '@here', '#ops', `${'a'.repeat(5000)}`, `${'a'.repeat(300)}-`])(
    'makes no node’s name of what nobody means as one: %.12s',
    (word) => {
      const answer = parse(`add ${word}`);
      if (!isRefusal(answer)) throw new Error(`taken as ${JSON.stringify(answer)}`);
      expect(answer.says).not.toContain('Did you mean');
      expect(answer.says).not.toContain('lower-case');
      expect(answer.tryNext).toBe('For example: /registry-ha add node-2');
    },
  );

  it.each(['', '   ', 'help', 'HELP', '--help', '-h', '?', 'add --help', 'add node-2 --help'])(
    'that asks for help gets help: “%s”',
    (typed) => {
      expect(parse(typed)).toEqual({ is: 'question', question: 'help' });
    },
  );

  it('is not read at all when it is longer than anything that makes sense, as that would stop the bot', () => {
    expect(parse(`add ${'a '.repeat(5_000)}`)).toMatchObject({ says: expect.stringContaining('10004 characters') });
  });

  it('names the clusters when none is meant by itself', () => {
    const answer = parseCommand('add node-2', { ...context, defaultCluster: null });
    expect(answer).toMatchObject({ refused: 'bad-command', tryNext: expect.stringContaining('lab and prod-paris') });
  });

  it('never breaks the bot, and never lets through a node that Kubernetes could not have', { timeout: 120_000 }, () => {
    const word = fc.oneof(
      fc.constantFrom(
        'add',
        '--cluster',
        '--reason',
        '--',
        '—',
        '"',
        '“',
        "'",
        '=',
        '\n',
        'lab',
        'node-2',
        'a.b',
        '.',
        '-',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), fc.constantFrom(' ', ''), (words, glue) => {
        const answer = parse(`add ${words.join(glue)}`);
        if (isRefusal(answer)) expect(answer.says.isWellFormed()).toBe(true);
        if (isRefusal(answer) || answer.is !== 'change') return;
        const { intent } = answer;
        for (const node of intent.nodes) {
          expect(node).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);
          expect(node.length).toBeLessThanOrEqual(253);
        }
        expect(new Set(intent.nodes).size).toBe(intent.nodes.length);
        expect(context.clusters).toContain(intent.cluster);
        expect([...(intent.reason ?? 'x')].length).toBeLessThanOrEqual(200);
        expect(intent.reason ?? '').not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what was typed behind undo', () => {
  it.each([
    ['undo lab-7f3k2q', { undoes: 'lab-7f3k2q' }],
    ['undo `LAB-7F3K2Q` --reason "wrong node"', { undoes: 'lab-7f3k2q', reason: 'wrong node' }],
    ['undo prod-paris-7f3k2q', { undoes: 'prod-paris-7f3k2q' }],
  ])('is taken as the operator meant it: %s', (typed, wanted) => {
    expect(parse(typed)).toEqual({ is: 'undo-of', ...wanted });
  });

  it.each([
    ['undo', 'No ID is named'],
    ['undo node-2', '“node-2” is not the id of a change'],
    ['undo lab-7f3k2q lab-7f3k2r', 'several IDs'],
    ['undo lab-7f3k2q --cluster lab', 'leave --cluster out'],
    ['undo prod-pariss-7f3k2q', 'Did you mean “prod-paris-7f3k2q”?'],
    ['undo lab-7f3k2q --reason ""', 'The reason is empty'],
    ['und lab-7f3k2q', 'Did you mean “undo”?'],
  ])('is not guessed at when it is unclear: %s', (typed, says) => {
    expect(parse(typed)).toMatchObject({ says: expect.stringContaining(says) });
  });
});
