import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterNodes } from '../../../src/domain/cluster/worker-state.ts';
import type { SeenStatus } from '../../../src/domain/questions/status/cluster-status.ts';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import { type Form, typedForm, wishOfForm } from '../../../src/domain/wish/form.ts';
import { offeredNodes } from '../../../src/domain/wish/offered-nodes.ts';
import { parseCommand } from '../../../src/domain/wish/parse-command.ts';
import { inspectionOf } from '../../fixtures/inspection.ts';

const NODES: ClusterNodes = { names: ['bootstrap', 'node-1', 'node-2'], bootstrap: ['bootstrap'] };
const context = { clusters: ['lab', 'prod'], defaultCluster: 'lab', nodesOf: () => NODES };
const form: Form = { verb: 'add', cluster: null, nodes: ['node-1'], options: [], reason: '' };

describe('a form', () => {
  it('is read as the command that can be typed instead', () => {
    const filled = fc.record({
      verb: fc.constantFrom('add', 'remove', 'sync', 'drill'),
      cluster: fc.constantFrom(null, 'lab', 'prod'),
      nodes: fc.uniqueArray(fc.constantFrom('node-1', 'node-2'), { minLength: 1 }),
      options: fc.constantFrom([], ['--dry-run'], ['--keep-isos', '--last'], ['--engines', 'rolling']),
      reason: fc.constantFrom('', 'new disk', 'replace --last node-2', "node-1's disk", 'a=b; $(reboot)'),
    });
    fc.assert(
      fc.property(filled, (given) => {
        const typed = parseCommand(typedForm(given).slice('/registry-ha '.length), context);
        const read = wishOfForm(given, context);
        expect('field' in read ? read.refusal : read).toEqual(typed);
      }),
    );
  });

  it.each([
    ['nodes', { nodes: [] }, 'names no node'],
    ['nodes', { nodes: ['node-9'] }, 'has no node “node-9”'],
    ['nodes', { nodes: ['--last'] }, 'not a valid node name'],
    ['nodes', { nodes: ['node-1 --last'] }, 'not a valid node name'],
    ['nodes', { verb: 'drill', nodes: ['node-1', 'node-2'] }, 'one registry at a time'],
    ['options', { options: ['--last'] }, 'no option “--last”'],
    ['options', { verb: 'drill', options: ['--engines', 'all'] }, 'no option “--engines”'],
    ['cluster', { cluster: 'elsewhere' }, 'no cluster “elsewhere”'],
    ['reason', { reason: 'x'.repeat(201) }, '201 characters'],
    ['reason', { reason: 'two\nlines' }, 'more than one line'],
  ] as const)('has its mistakes explained at the field %s: %j', (field, wrong, says) => {
    const read = wishOfForm({ ...form, ...wrong }, context);
    expect(read).toMatchObject({ field, refusal: { says: expect.stringContaining(says) } });
  });
});

describe('the nodes that a form offers', () => {
  const seen: SeenStatus = { is: 'seen', status: judge(inspectionOf()), ageMs: 0, answers: 0 };
  const on = (which: 'nodes-with-registry' | 'nodes-without-registry', known: SeenStatus) => {
    const { nodes, leftOut } = offeredNodes({ label: '', on: which, withoutNodes: null }, NODES, known);
    return { names: nodes.map(({ name }) => name), leftOut };
  };
  const first = 'bootstrap (has the first registry)';

  it('are those that can take the verb, as the last inspection tells', () => {
    expect(on('nodes-without-registry', seen)).toEqual({
      names: ['node-1'],
      leftOut: [first, 'node-2 (has a registry already)'],
    });
    expect(on('nodes-with-registry', seen)).toEqual({ names: ['node-2'], leftOut: [first, 'node-1 (no registry)'] });
  });

  it.each(['none', 'unverified', 'newer'] as const)(
    'are all but the bootstrap node while the inspection is %s',
    (is) => {
      expect(on('nodes-with-registry', { is })).toEqual({ names: ['node-1', 'node-2'], leftOut: [first] });
    },
  );

  it('include an incomplete registry, with a note', () => {
    const found = judge(inspectionOf());
    const registries = found.registries.map((one) =>
      one.node === 'node-2' ? { ...one, stale: [{ is: 'pod-missing', of: [], more: 0 } as const] } : one,
    );
    const offered = offeredNodes({ label: '', on: 'nodes-without-registry', withoutNodes: null }, NODES, {
      ...seen,
      status: { ...found, registries },
    });
    expect(offered.nodes).toEqual([
      { name: 'node-1', note: null },
      { name: 'node-2', note: 'Its registry is incomplete' },
    ]);
  });
});
