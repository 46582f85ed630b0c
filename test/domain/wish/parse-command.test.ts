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
  ['ADD node-2', { nodes: ['node-2'] }],
  ['a\u200bdd node\u20112', { nodes: ['node-2'] }],
  ['add\u00a0\ufeffnode\u22122\u2003node\uff0d\uff13', { nodes: ['node-2', 'node-3'] }],
  ['add node-2 \u2015Cluster\u00a0prod\u2010paris', { cluster: 'prod-paris', nodes: ['node-2'] }],
  ['add node-2 --reason \u301dsecond\u00a0registry\u301e', { nodes: ['node-2'], reason: 'second registry' }],
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

const OTHER_VERBS: readonly (readonly [typed: string, intent: object])[] = [
  ['remove node-2', { verb: 'remove', nodes: ['node-2'] }],
  ['drill node-2', { verb: 'drill', nodes: ['node-2'] }],
  ['remove node-2 --keep-isos', { verb: 'remove', nodes: ['node-2'], keepIsos: true }],
  ['remove --LAST node-2 —keep‐isos', { verb: 'remove', nodes: ['node-2'], last: true, keepIsos: true }],
  ['remove node-2 --reason disk --last', { verb: 'remove', nodes: ['node-2'], last: true, reason: 'disk' }],
  ['remove node-2 --last --last', { verb: 'remove', nodes: ['node-2'], last: true }],
  ['sync', { verb: 'sync', nodes: [] }],
  ['sync all', { verb: 'sync', nodes: [] }],
  ['sync ALL --reason "before the upgrade"', { verb: 'sync', nodes: [], reason: 'before the upgrade' }],
  ['sync --engines rolling', { verb: 'sync', nodes: [], engines: 'rolling' }],
  ['remove node-2 —Engines=ALL', { verb: 'remove', nodes: ['node-2'], engines: 'all' }],
  ['sync node-2 node-3', { verb: 'sync', nodes: ['node-2', 'node-3'] }],
];

const REFUSED: readonly (readonly [typed: string, says: string, refused?: string])[] = [
  ['ad node-2', 'Did you mean “add”?'],
  ['frobnicate node-2', 'There is no command “frobnicate”.'],
  ['destroy node-2', 'There is no command “destroy”. Did you mean “remove”?'],
  ['install node-2', 'Did you mean “add”?'],
  ['Rollback lab-7f3k2q', 'Did you mean “undo”?'],
  ['nlock node-2', 'Did you mean “lock” or “unlock”?'],
  ['add --reason "why"', 'The command names no node'],
  ['add Node-2', 'Did you mean “node-2”?'],
  ['add node_2', 'Did you mean “node-2”?'],
  ['add -node-2', 'This command has no option “-node-2”'],
  ['add node-2-', 'Did you mean “node-2”?'],
  ['add node-2;reboot', '“node-2;reboot” is not a valid node name'],
  ['add $(reboot)', '“$(reboot)” is not a valid node name'],
  ['add ../../etc', '“../../etc” is not a valid node name'],
  ['add node-*', '“node-*” is not a valid node name: patterns are not supported, so name each node.'],
  ['add node-[23]', '“node-[23]” is not a valid node name: patterns are not supported'],
  ['add @alice', '“@alice” is not a valid node name: it is a Slack mention'],
  ['add "node-2 node-3"', 'is not a valid node name'],
  [`add ${'a'.repeat(254)}`, 'it has 254 characters, and the limit is 253'],
  ['add node-2 --clutser lab', 'Did you mean “--cluster”?'],
  [
    'add node-2 --last',
    'This command has no option “--last”. The options are --cluster, --reason, --engines and --dry-run.',
  ],
  ['remove node-2 --lats', 'Did you mean “--last”?'],
  ['remove node-2 --keep', 'The options are --cluster, --reason, --engines, --keep-isos, --last and --dry-run'],
  ['remove node-2 --last=yes', '--last takes no value'],
  ['add node-2 --dry', 'This command has no option “--dry”'],
  ['drill node-2 node-3', 'A drill proves one registry at a time'],
  ['remove node-2 --last --reason replace node-3', 'The reason has no quotes'],
  ['sync all node-2', 'names both nodes and “all”'],
  ['sync node_2', 'Did you mean “node-2”?'],
  ['resync node-2', 'Did you mean “sync”?'],
  ['uninstall node-2', 'Did you mean “remove”?'],
  ['add node-2 --force', 'The options are --cluster, --reason, --engines and --dry-run'],
  ['add node-2 --engines slowly', '--engines takes “all” or “rolling”, not “slowly”'],
  ['add node-2 --engines', '--engines needs a value'],
  ['undo lab-7f3k2q --engines rolling', 'This command has no option “--engines”'],
  ['add node-2 --engines rolling --reason new disk', 'The reason has no quotes'],
  ['add node-2 --cluster', '--cluster needs a value'],
  ['add node-2 --cluster --reason "x"', '--cluster needs a value'],
  ['add node-2 --cluster prod-pari', 'Did you mean “prod-paris”?', 'unknown-cluster'],
  ['add node-2 --cluster elsewhere', 'no cluster “elsewhere”', 'unknown-cluster'],
  ['add node-2 --cluster lab --cluster lab', 'given twice'],
  ['add node-2 --reason "never closed', 'is not closed'],
  ['add node-2 --reason ""', 'The reason is empty'],
  ['add node-2 --reason "two\nlines"', 'more than one line'],
  [`add node-2 --reason "${'x'.repeat(201)}"`, '201 characters'],
  [`add ${Array.from({ length: 21 }, (_, n) => `node-${n}`).join(' ')}`, '21 nodes'],
];

describe('a typed command', () => {
  it.each(UNDERSTOOD)('is parsed as intended: %s', (typed, intent) => {
    expect(parse(typed)).toEqual({ is: 'change', intent: { verb: 'add', cluster: 'lab', ...intent } });
  });

  it.each(OTHER_VERBS)('is parsed as intended, of another verb: %s', (typed, intent) => {
    expect(parse(typed)).toEqual({ is: 'change', intent: { cluster: 'lab', ...intent } });
  });

  it('drill --dry asks for a proof instead of a change', () => {
    const ask = { cluster: 'lab', nodes: [], deep: false, drills: 'node-2' };
    expect(parse('drill node-2 --dry')).toEqual({ is: 'question', question: 'verify', ask });
    expect(parse('drill --dry')).toMatchObject({ refused: 'bad-command' });
  });

  it.each(REFUSED.map(([typed, says, refused = 'bad-command']) => [typed, says, refused] as const))(
    'is refused if it is unclear: %s',
    (typed, says, refused) => {
      const answer = parse(typed);
      if (!('refused' in answer)) throw new Error(`taken as ${JSON.stringify(answer)}`);
      expect(answer.refused).toBe(refused);
      expect(answer.says).toContain(says);
      expect(answer.tryNext ?? '').not.toBe('');
    },
  );

  it.each([
    ['cancel', 'button on the card', 'Click Approve, Deny, Cancel'],
    ['Approve lab-7f3k2q', '“Approve” is a button', 'Retry from here'],
    ['check node-2', 'Did you mean “verify”?', '/registry-ha help'],
  ])('is refused with what to use instead: %s', (typed, says, next) => {
    const tryNext = expect.stringContaining(next);
    expect(parse(typed)).toEqual({ refused: 'bad-command', says: expect.stringContaining(says), tryNext });
  });

  it.each(['@channel', '@here', '#ops', `${'a'.repeat(5000)}`, `${'a'.repeat(300)}-`])(
    'suggests no node name for a word that cannot be one: %.12s',
    (word) => {
      const answer = parse(`add ${word}`);
      if (!isRefusal(answer)) throw new Error(`taken as ${JSON.stringify(answer)}`);
      expect(answer.says).not.toContain('Did you mean');
      expect(answer.says).not.toContain('lower-case');
      expect(answer.tryNext).toBe('For example: /registry-ha add node-2');
    },
  );

  it.each(['help', 'HELP', '--help', '-h', '?', 'add --help', 'add node-2 --help'])('returns help: “%s”', (typed) => {
    expect(parse(typed)).toEqual({ is: 'question', question: 'help', ask: {} });
  });

  it.each([
    ['', null],
    ['   ', null],
    ['add', 'add'],
    ['REMOVE ', 'remove'],
    ['drill', 'drill'],
  ])('opens a form if it lacks its verb or its nodes: “%s”', (typed, verb) => {
    const instead = verb === null ? { question: 'help' } : { says: 'The command names no node.' };
    expect(parse(typed)).toMatchObject({ is: 'form', verb, cluster: 'lab', instead });
  });

  it.each([
    ['/registry-ha add node-2', 'add node-2'],
    ['registry-ha add node-2', 'add node-2'],
    ['/Registry\u2011HA status', 'status'],
    ['/registry-ha', ''],
  ])('may begin with its own name, as on the page that it was copied from: “%s”', (typed, same) => {
    expect(parse(typed)).toEqual(parse(same));
  });

  it.each([
    ['sync prod-paris', 'sync --cluster prod-paris'],
    ['sync in prod-paris', 'sync --cluster prod-paris'],
    ['add prod-paris', 'add node-2 --cluster prod-paris'],
    ['plan sync prod-paris', 'plan sync --cluster prod-paris'],
    ['verify prod-paris', 'verify --cluster prod-paris'],
    ['status prod-paris', 'status --cluster prod-paris'],
    ['status PROD-PARIS', 'status --cluster prod-paris'],
    ['changes prod-paris', 'changes --cluster prod-paris'],
  ])('never suggests another cluster than the one that was named: %s', (typed, next) => {
    const tryNext = expect.stringMatching(new RegExp(`/registry-ha ${next}$`));
    expect(parse(typed)).toMatchObject({ refused: 'bad-command', tryNext });
  });

  it.each([
    'plan add',
    'plan add Node-2',
    'plan remove node-2 please',
    'plan add node-2 --lats',
    'plan add node-2 --reason new disk',
    'plan drill node-2 node-3',
    'plan sync all node-2',
    'plan undo',
    'plan undo 7f3k2q',
    'add --dry-run',
    'add Node-2 --dry-run',
    'sync all node-2 --dry-run',
  ])('that wants only a plan gets no suggestion that requests the change: %s', (typed) => {
    const answer = parse(typed);
    if (!isRefusal(answer)) throw new Error(`taken as ${JSON.stringify(answer)}`);
    expect(answer.tryNext).toContain('/registry-ha plan ');
  });

  it.each(['undo', 'lock', 'show'])('opens no form for what a form cannot ask: %s', (typed) => {
    expect(parse(typed)).toMatchObject({ refused: 'bad-command' });
  });

  it('is refused unread if it is too long', () => {
    expect(parse(`add ${'a '.repeat(5_000)}`)).toMatchObject({ says: expect.stringContaining('10004 characters') });
  });

  it('is refused with the names of the clusters if none is the default', () => {
    const answer = parseCommand('add node-2', { ...context, defaultCluster: null });
    expect(answer).toMatchObject({ refused: 'bad-command', tryNext: expect.stringContaining('lab and prod-paris') });
  });

  it('never throws, and never accepts an invalid node name', { timeout: 120_000 }, () => {
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

describe('a typed undo', () => {
  it.each([
    ['undo lab-7f3k2q', { undoes: 'lab-7f3k2q' }],
    ['undo `LAB-7F3K2Q` --reason "wrong node"', { undoes: 'lab-7f3k2q', reason: 'wrong node' }],
    ['undo prod-paris-7f3k2q', { undoes: 'prod-paris-7f3k2q' }],
  ])('is parsed as intended: %s', (typed, wanted) => {
    expect(parse(typed)).toEqual({ is: 'undo-of', ...wanted });
  });

  it.each([
    ['undo', 'ID of the change is missing'],
    ['undo node-2', '“node-2” is not a change ID'],
    ['undo lab-7f3k2q lab-7f3k2r', 'one change ID'],
    ['undo lab-7f3k2q --cluster lab', 'Leave out `--cluster`'],
    ['undo prod-pariss-7f3k2q', 'Did you mean “prod-paris-7f3k2q”?'],
    ['undo lab-7f3k2q --reason ""', 'The reason is empty'],
    ['und lab-7f3k2q', 'Did you mean “undo”?'],
  ])('is refused if it is unclear: %s', (typed, says) => {
    expect(parse(typed)).toMatchObject({ says: expect.stringContaining(says) });
  });
});

describe('words that are no nodes', () => {
  const names = ['bootstrap', 'node-1', 'node-2', 'node-3', 'to'];
  const known = { ...context, nodesOf: () => ({ names, bootstrap: ['bootstrap'] }) };

  it.each([
    ['add node 2', '“node” is probably not a node', 'add node-2'],
    ['add node-2 and node-3', '“and” is probably not a node', 'add node-2 node-3'],
    ['add node-2 please', '“please” is probably not a node', 'add node-2'],
    ['add node-2 to lab', '“to” is probably not a node', 'add node-2 --cluster lab'],
    ['add node-2 prod-paris', '“prod-paris” is probably not a node', 'add node-2 --cluster prod-paris'],
  ])('never make a card, even if the nodes are not known: %s', (typed, says, next) => {
    expect(parse(typed)).toMatchObject({ refused: 'bad-command', says: expect.stringContaining(says) });
    expect(parse(typed)).toMatchObject({ tryNext: `Name only nodes: /registry-ha ${next}` });
  });

  it('are answered with every near name of the cluster', () => {
    const says = (typed: string) => {
      const answer = parseCommand(typed, known);
      return 'says' in answer ? answer.says : 'taken';
    };
    expect(says('add node-9')).toBe(
      'The cluster lab has no node “node-9”. Did you mean “node-1” or “node-2” or “node-3”?',
    );
    expect(says('add storage')).toBe('The cluster lab has no node “storage”.');
    expect(says('add bootstrab')).toBe('The cluster lab has no node “bootstrab”.');
    expect(says('lock node-9')).toContain('has no node “node-9”. Did you mean “node-1”');
    expect(says('add to')).toBe('taken');
    expect(says('lock bootstrap')).toBe('taken');
    expect(says('unlock node-9')).toBe('taken');
    expect(says('add node-3 node-2')).toBe('taken');
  });

  it.each([
    ['add storage', 'unknown-node', 'Nodes that can have a registry: node-1, node-2, node-3 and to. If the node was'],
    ['add node-9', 'unknown-node', 'If the node was added just now, run the command again in two minutes.'],
    ['add node-2 please', 'unknown-node', 'in two minutes. Name only nodes: /registry-ha add node-2'],
    ['add node-2 bootstrap', 'bootstrap-node', 'Name another node.'],
  ])('are refused with a way out: %s', (typed, refused, next) => {
    expect(parseCommand(typed, known)).toMatchObject({ refused, tryNext: expect.stringContaining(next) });
  });
});
