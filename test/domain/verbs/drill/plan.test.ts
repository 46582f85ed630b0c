import { describe, expect, it } from 'vitest';
import { timed } from '../../../../src/app/plan/fresh-plan.ts';
import { isRefusal, type Refusal } from '../../../../src/domain/answers/refusal.ts';
import type { Facts } from '../../../../src/domain/cluster/facts.ts';
import { asideManifest } from '../../../../src/domain/node-commands/drill-commands.ts';
import type { IntentOf } from '../../../../src/domain/plan/intent.ts';
import type { UntimedPlan } from '../../../../src/domain/plan/plan.ts';
import { stepsStillNeeded } from '../../../../src/domain/plan/stale-plan.ts';
import { planDrill } from '../../../../src/domain/verbs/drill/plan.ts';
import { whyNotUndone } from '../../../../src/domain/verbs/undoing.ts';
import { facts, finished } from '../../../fixtures/facts.ts';
import { expectGolden } from '../../../fixtures/golden.ts';

const drill: IntentOf<'drill'> = { verb: 'drill', cluster: 'lab', nodes: ['node-2'] };
const when = { change: 'lab-7f3k2q', at: '2026-11-22T10:00:00.000Z', begun: false };
const IDLE = { armed: null, hasUnits: false, hasManifest: true, aside: [] };

/** node-2 has a complete registry, and no drill is under way. */
const complete = (): Facts => ({ ...finished(), drillSwitch: IDLE });

const kube = (changes: Partial<Facts['kube']>, seen = complete()): Facts => ({
  ...seen,
  kube: { ...seen.kube, ...changes },
});

/** The engines list the registries of these addresses, in this order; of one node others. */
function engines(order: readonly string[], of: Readonly<Record<string, readonly string[]>> = {}): Facts['engines'] {
  const urls = (all: readonly string[]) => all.map((one) => `http://10.200.3.${one}:8080`);
  return finished().engines.map(({ node }) => ({ node, is: 'known', endpoints: urls(of[node] ?? order) }));
}

/** node-3 has a complete registry, too. */
function withNode3(order = ['11', '13', '14']): Facts {
  const all = complete();
  const carries = all.kube.registries[0]?.carries ?? [];
  return {
    ...kube({
      registries: [...all.kube.registries, { node: 'node-3', ready: true, version: '128.0.1', carries }],
      endpoints: { ready: ['10.200.3.11', '10.200.3.13', '10.200.3.14'], notReady: [] },
    }),
    engines: engines(order),
    served: [...all.served, ...facts().served.map((served) => ({ ...served, node: 'node-3' }))],
  };
}

function planOf(seen: Facts, begun = false): UntimedPlan {
  const plan = planDrill(drill, seen, { ...when, begun });
  if (isRefusal(plan)) throw new Error(`refused: ${plan.says}`);
  return plan;
}

function refusalOf(seen: Facts, intent = drill): Refusal {
  const plan = planDrill(intent, seen, when);
  if (!isRefusal(plan)) throw new Error('it is not refused');
  return plan;
}

const outageIn = ({ approved }: UntimedPlan) => {
  const step = approved.steps.find(({ kind }) => kind === 'outage');
  if (step?.kind !== 'outage') throw new Error('no outage');
  return step;
};

describe('the plan of a drill', () => {
  it('proves the other registry, arms the switch, takes the registry away, and says how long and who puts it back', () => {
    expectGolden('plans/drill-node-2', timed(planOf(complete()), 3));
  });

  it('is the same plan again when it is resumed, whatever this drill itself has left', () => {
    const before = planOf(complete());
    const aside = asideManifest(when.change);
    const left = { armed: { aside, secondsLeft: 100 }, hasUnits: true, hasManifest: true, aside: [aside] };
    const again = planOf({ ...complete(), drillSwitch: left }, true);
    expect(stepsStillNeeded(timed(before, 3), timed(again, 3))).toEqual(before.approved.steps);
  });

  it('pulls on a node whose engine asks the proven registry first', () => {
    expect(outageIn(planOf(complete())).engine).toBe('node-1');
    expect(outageIn(planOf(withNode3())).engine).toBe('node-1');
    const others = { ...withNode3(), engines: engines(['14', '13', '11'], { 'node-3': ['11', '13', '14'] }) };
    expect(outageIn(planOf(others)).engine).toBe('node-3');
    expect(outageIn(planOf(withNode3(['14', '13', '11']))).engine).toBe('node-1');
  });

  it('is stale once there is another node or another registry', () => {
    const before = timed(planOf(complete()), 3);
    expect(stepsStillNeeded(before, timed(planOf(withNode3()), 3))).toMatchObject({ refused: 'plan-stale' });
  });

  it('leaves nothing to undo', () => {
    const change = { id: when.change, state: 'failed', intent: drill } as const;
    expect(whyNotUndone({ ...BLANK, ...change })).toMatchObject({ refused: 'nothing-to-undo' });
  });
});

const BLANK = {
  ...{ requester: { id: 'U1', name: 'alice' }, channel: 'C1', requestedAt: '', votes: [], approvers: [], approvals: 1 },
  ...{ steps: {}, jobs: {}, begun: {} },
};

const otherAside = asideManifest('lab-abc234');

describe('a drill is refused', () => {
  it.each<readonly [string, Facts, Partial<Refusal>]>([
    [
      'while the switch of an earlier drill is armed',
      { ...complete(), drillSwitch: { ...IDLE, armed: { aside: otherAside, secondsLeft: 90 }, hasUnits: true } },
      { refused: 'registry-away', says: expect.stringContaining('The drill lab-abc234 has not ended') },
    ],
    [
      'while the manifest is still where a drill left it',
      { ...complete(), drillSwitch: { ...IDLE, hasManifest: false, aside: [otherAside] } },
      {
        refused: 'registry-away',
        tryNext: `Put it back on bootstrap: \`mv -nT ${otherAside} /etc/kubernetes/manifests/repositories.yaml\`. Then run the command again.`,
      },
    ],
    [
      'while an old manifest lies beside a newer one',
      { ...complete(), drillSwitch: { ...IDLE, aside: [otherAside] } },
      { refused: 'registry-away', tryNext: expect.stringContaining(`rm ${otherAside}`) },
    ],
    [
      'while kubelet would run a copy of the bootstrap’s manifest',
      { ...complete(), drillSwitch: { ...IDLE, copies: ['/etc/kubernetes/manifests/repositories.yaml.bak'] } },
      {
        refused: 'file-in-the-way',
        says: expect.stringContaining('On bootstrap, /etc/kubernetes/manifests/repositories.yaml.bak defines'),
        tryNext: expect.stringContaining('`mv -t /root -- /etc/kubernetes/manifests/repositories.yaml.bak`'),
      },
    ],
    [
      'while the bootstrap’s registry is not Ready',
      kube({ endpoints: { ready: ['10.200.3.13'], notReady: ['10.200.3.11'] } }),
      { refused: 'bootstrap-registry-not-ready' },
    ],
    [
      'while the bootstrap’s registry lacks an image',
      {
        ...complete(),
        served: complete().served.map((one) => (one.node === 'bootstrap' ? { ...one, missing: ['x'] } : one)),
      },
      { refused: 'bootstrap-registry-incomplete' },
    ],
    [
      'while the registry is not in the Endpoints',
      kube({ endpoints: { ready: ['10.200.3.11'], notReady: ['10.200.3.13'] } }),
      { refused: 'registry-unfit', tryNext: 'Bring it up to date first: /registry-ha sync node-2' },
    ],
    [
      'while the registry lacks an image',
      {
        ...complete(),
        served: complete().served.map((one) => (one.node === 'node-2' ? { ...one, missing: ['x', 'y'] } : one)),
      },
      { refused: 'registry-unfit', says: expect.stringContaining('The registry of node-2 does not serve x and') },
    ],
    [
      'while the registry runs another version',
      kube({
        registries: complete().kube.registries.map((one) => ({
          ...one,
          version: one.node === 'node-2' ? '127.0.6' : one.version,
        })),
      }),
      { refused: 'registry-unfit', says: 'The registry of node-2 runs 127.0.6, not 128.0.1.' },
    ],
    [
      'while another registry is not fit',
      kube({ endpoints: { ready: ['10.200.3.11', '10.200.3.13'], notReady: ['10.200.3.14'] } }, withNode3()),
      {
        refused: 'registry-unfit',
        says: expect.stringContaining('The registry of node-3 is not in the Ready Endpoints.'),
      },
    ],
    [
      'while an engine does not list the registry',
      { ...complete(), engines: engines(['11', '13'], { 'node-3': ['11'] }) },
      { refused: 'engine-without-registry', tryNext: expect.stringContaining('/registry-ha sync') },
    ],
    [
      'while an engine does not list the bootstrap’s registry',
      { ...complete(), engines: engines(['13']) },
      { refused: 'engine-without-registry', says: expect.stringContaining('does not list the registry of bootstrap.') },
    ],
    [
      'during an upgrade',
      kube({
        nodes: complete().kube.nodes.map((one) => (one.name === 'node-1' ? { ...one, version: '129.0.0' } : one)),
      }),
      { refused: 'upgrade-under-way' },
    ],
    [
      'while a Salt state runs',
      { ...complete(), salt: { ...complete().salt, jobs: [{ fun: 'state.sls', jid: '1', nodes: ['node-1'] }] } },
      { refused: 'salt-busy' },
    ],
  ])('%s, with the way out', (_, seen, refusal) => {
    const refused = refusalOf(seen);
    expect(refused).toMatchObject(refusal);
    expect(refused.tryNext).toBeDefined();
  });

  it('on a node without a registry', () => {
    expect(refusalOf(complete(), { ...drill, nodes: ['node-3'] })).toMatchObject({
      refused: 'no-registry',
      tryNext: 'To give it one: /registry-ha add node-3',
    });
  });

  it('on the bootstrap node', () => {
    expect(refusalOf(complete(), { ...drill, nodes: ['bootstrap'] })).toMatchObject({ refused: 'bootstrap-node' });
  });
});
