import { describe, expect, it } from 'vitest';
import type { Refusal } from '../../../src/domain/answers/refusal.ts';
import type { ListedArchive, OpenTarget } from '../../../src/domain/cluster/facts.ts';
import { firstRefusal, fitRefusal } from '../../../src/domain/guards/guards.ts';
import type { IntentOf } from '../../../src/domain/plan/intent.ts';
import { unclearMounts } from '../../../src/domain/verbs/archives-there.ts';
import { drillRefusal } from '../../../src/domain/verbs/drill/guards.ts';
import { removeRefusal } from '../../../src/domain/verbs/remove/guards.ts';
import { current, emptyTarget, facts, nodes, older, solution, withBootstrap, withKube } from '../../fixtures/facts.ts';

const NAMES = ['node-1', 'node-2', 'node-3'];
const add: IntentOf<'add'> = { verb: 'add', cluster: 'lab', nodes: NAMES };

const refused = (which: Parameters<typeof facts>[0], intent = add): Refusal | null =>
  firstRefusal(intent, facts(which));
const targets = (changes: (name: string) => Partial<OpenTarget>) => ({
  targets: NAMES.map((name) => emptyTarget(name, changes(name))),
});
const bad = (path: string, fault: 'missing' | 'not-mounted' | 'truncated'): ListedArchive => ({
  is: 'bad',
  path,
  listedIn: '/etc/metalk8s/bootstrap.yaml',
  fault,
  says: `${path} is ${fault}.`,
});
const AGAIN = 'then run the command again.';

describe('one refusal names everything that is wrong in the same way', () => {
  it('nodes to which the worker cannot log in', () => {
    const closed = (['unreachable', 'host-key-changed', 'unreachable'] as const).map(
      (fault, at) => ({ is: 'closed', node: NAMES[at] ?? '', fault, says: `${NAMES[at]}: ${fault}.` }) as const,
    );
    expect(refused({ targets: closed })).toEqual({
      refused: 'ssh-refused',
      says: 'node-1: unreachable. node-2: host-key-changed. node-3: unreachable.',
      tryNext: `Fix each cause, ${AGAIN}`,
    });
  });

  it('nodes without isoinfo, and a node with too little space beside them', () => {
    const space = [{ mountpoint: '/srv', available: 1_000, paths: [older.path] }];
    const found = refused(
      targets((name) => ({ hasIsoinfo: name === 'node-3', ...(name === 'node-3' ? { space } : {}) })),
    );
    expect(found?.refused).toBe('tool-missing');
    for (const name of ['node-1 has no', 'node-2 has no', 'node-3 has 1.0 kB left'])
      expect(found?.says).toContain(name);
    expect(found?.tryNext?.split('then run the command again').length).toBe(2);
    expect(found?.tryNext).toMatch(/`genisoimage` on node-1 .*`genisoimage` on node-2 .*Free space there, then run/);
  });

  it('files in the way, on one node and on another', () => {
    const files = [older, current].map(({ path }) => ({ path, is: 'different', size: 5, mounted: false }) as const);
    const found = refused(targets((name) => (name === 'node-2' ? {} : { files })));
    for (const { path } of [older, current])
      for (const name of ['node-1', 'node-3']) expect(found?.says).toContain(`On ${name}, ${path} is a different file`);
    expect(found?.tryNext).toBe(`Move away what is there, ${AGAIN}`);
  });

  it('nodes that do not exist', () => {
    const found = refused({}, { ...add, nodes: ['node-8', 'node-1', 'node-9'] });
    expect(found?.says).toBe('There is no node node-8 in this cluster. There is no node node-9 in this cluster.');
    expect(found?.tryNext?.match(/If it was deleted/g)).toHaveLength(1);
  });

  it('nodes that are not Ready', () => {
    const away = nodes.map((one) => ({ ...one, ready: one.name === 'bootstrap' }));
    expect(firstRefusal(add, withKube({ nodes: away }))?.says).toContain('node-1, node-2 and node-3 are not Ready.');
  });

  it('machines that are not the nodes at their addresses', () => {
    const found = refused(targets(() => ({ machine: { id: 'other', uuid: null, addresses: ['192.0.2.1'] } })));
    for (const name of NAMES) expect(found?.says).toContain(`is not ${name} as Kubernetes knows it`);
  });

  it('a node that is closed, and what is wrong on the others', () => {
    const closed = { is: 'closed', node: 'node-1', fault: 'unreachable', says: 'node-1: unreachable.' } as const;
    const found = refused({ targets: [closed, emptyTarget('node-2', { hasIsoinfo: false })] });
    expect(found).toMatchObject({
      refused: 'ssh-refused',
      says: expect.stringMatching(/^node-1: unreach.* node-2 has no/),
    });
    expect(found?.tryNext).toMatch(/^Fix the cause\. Install `genisoimage` on node-2/);
    const machine = { id: 'other', uuid: null, addresses: ['192.0.2.1'] };
    const foreign = refused({ targets: [closed, emptyTarget('node-2', { hasIsoinfo: false, machine })] });
    expect(foreign?.says).toMatch(/^node-1: unreach.* is not node-2 as Kubernetes knows it/);
    // What is on another machine says nothing about the node.
    expect(foreign?.says).not.toContain('isoinfo');
  });

  it('archives that are bad', () => {
    const archives = [bad('/a.iso', 'not-mounted'), bad('/b.iso', 'truncated'), bad('/c.iso', 'not-mounted')];
    const found = firstRefusal(add, withBootstrap({ archives }));
    expect(found).toMatchObject({
      refused: 'archive-not-mounted',
      says: '/a.iso is not-mounted. /b.iso is truncated. /c.iso is not-mounted.',
    });
    expect(found?.tryNext).toMatch(/^Mount it .*import`\. Fetch the ISO again .*, then run the command again\.$/);
  });

  it('versions that two archives have', () => {
    const twice = [older, current].flatMap((archive) => [
      { is: 'sound', archive } as const,
      { is: 'sound', archive: { ...archive, path: `${archive.path}.2` } } as const,
    ]);
    const found = firstRefusal(add, withBootstrap({ archives: twice }));
    for (const { id } of [older, current]) expect(found?.says).toContain(`are both ${id}`);
  });

  it('paths of archives that have a blank', () => {
    const archives = [older, current].map(
      (archive) => ({ is: 'sound', archive: { ...archive, path: `/my ${archive.id}` } }) as const,
    );
    const found = firstRefusal(add, withBootstrap({ archives }));
    for (const { id } of [older, current]) expect(found?.says).toContain(`The path of ${id} has a blank`);
  });

  it('archives that are mounted and not listed', () => {
    expect(firstRefusal(add, withBootstrap({ mountedUnlisted: [solution.id, 'metalk8s-127.0.0'] }))?.says).toBe(
      `${solution.id} and metalk8s-127.0.0 are mounted on the bootstrap node but listed in no file. A second registry would wait for them forever.`,
    );
  });

  it('both files of the bootstrap node', () => {
    const unreadable = (says: string) => ({ is: 'unreadable', says }) as const;
    const found = firstRefusal(
      add,
      withBootstrap({ bootstrapFile: unreadable('One is broken.'), solutionsFile: unreadable('So is the other.') }),
    );
    expect(found?.says).toBe('One is broken. So is the other.');
  });

  it('state runs in progress', () => {
    const jobs = ['1', '2'].map((jid) => ({ jid, fun: `state.${jid}`, nodes: ['node-1'] }));
    const { salt } = facts();
    const found = fitRefusal(add, facts({ salt: { ...salt, jobs } }));
    expect(found?.says).toContain('state.1 on node-1 (jid 1) and state.2 on node-1 (jid 2)');
  });

  const onNode = (name: string) => ({ node: name, ready: true, version: '128.0.1', carries: [] });
  const others = () => {
    const base = withKube({ registries: ['node-1', 'node-3'].map(onNode) });
    return { ...base, served: [{ node: 'node-3', archive: older.id, expected: 2, missing: ['a:1', 'b:1'] }] };
  };
  const unfit = /node-1 has a registry too, but .*node-3 has a registry too, but /;

  it('registries beside those of an add, with one command for all of them', () => {
    const found = firstRefusal({ ...add, nodes: ['node-2'] }, others());
    expect(found?.says).toMatch(unfit);
    expect(found?.tryNext).toBe('Run /registry-ha add node-2 node-1 node-3 to complete them too.');
  });

  it('registries beside those of a removal, with one command for all of them', () => {
    const found = removeRefusal(
      { verb: 'remove', cluster: 'lab', nodes: ['node-2'] },
      { facts: others(), archives: [], change: 'lab-7f3k2q', version: '128.0.1', saltenv: 'metalk8s-128.0.1' },
      [],
    );
    expect(found?.says).toMatch(unfit);
    expect(found?.tryNext).toBe('Complete them first: run /registry-ha sync node-1 node-3');
  });

  it('registries that must be fit for a drill, with one command for all of them', () => {
    const intent = { verb: 'drill', cluster: 'lab', nodes: ['node-3'] } as const;
    const found = drillRefusal(intent, others(), { change: 'lab-7f3k2q', at: '', begun: false });
    expect(found?.says).toMatch(/registry of node-1 is not .*registry of node-3 is not /);
    expect(found?.tryNext).toBe('Bring them up to date first: /registry-ha sync node-1 node-3');
  });

  it('mounts of which two files belong at one place', () => {
    const at = (path: string) => ({ mountpoint: '/srv/scality/metalk8s-128.0.1', backingFile: path });
    const twice = NAMES.slice(1).map((name) => emptyTarget(name, { mounts: [at('/a.iso'), at('/b.iso')] }));
    const found = unclearMounts(twice, []);
    for (const name of NAMES.slice(1)) expect(found?.says).toContain(`On ${name}, both /a.iso and /b.iso belong`);
  });
});
