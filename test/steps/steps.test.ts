import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/domain/facts.ts';
import { Failure } from '../../src/domain/failure.ts';
import { planAdd } from '../../src/domain/planner.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import type { SaltReturn } from '../../src/domain/salt.ts';
import type { Step, StepKind } from '../../src/domain/step.ts';
import type { UndoStep } from '../../src/domain/undo-step.ts';
import { runStep } from '../../src/steps/run-step.ts';
import type { StepWorld } from '../../src/steps/step-world.ts';
import { SettableClock } from '../app/bench.ts';
import { FakeLab } from '../fakes/fake-lab.ts';
import { addNode2, current, nodes, older, solution } from '../fixtures/facts.ts';
import { expectGolden } from '../fixtures/golden.ts';

const planned = planAdd(addNode2, new FakeLab().facts(), { change: 'lab-7f3k2q', at: '', begun: false });
const steps: readonly Step[] = isRefusal(planned) ? [] : planned.approved.steps;
const of = (kind: StepKind): Step => steps.find((step) => step.kind === kind) ?? steps.slice(-1)[0] ?? raise();
const raise = (): never => {
  throw new Error('the plan has no steps');
};

function worldOf(lab: FakeLab, changes: Partial<StepWorld> = {}): StepWorld {
  const node = (name: string) => nodes.find((candidate) => candidate.name === name);
  return {
    ...lab,
    clock: new SettableClock(),
    accessTo: (name) => node(name)?.access ?? raise(),
    addressOf: (name) => node(name)?.ip ?? raise(),
    archives: [older, current, solution],
    onProgress: () => undefined,
    onJob: async () => undefined,
    safePoint: () => undefined,
    runName: 'lab-7f3k2q.step.1',
    startedJob: undefined,
    ...changes,
  };
}

const never = new AbortController().signal;
const RUN = { name: 'run', again: false, onWait: () => undefined };

/** Does all steps before this one, so that it finds the cluster as the plan would. */
async function labBefore(kind: StepKind): Promise<FakeLab> {
  const lab = new FakeLab();
  for (const step of steps.slice(0, steps.indexOf(of(kind))))
    await runStep(step, worldOf(lab), async () => undefined, never);
  lab.ran.length = 0;
  return lab;
}

async function outcome(step: Step, lab: FakeLab, changes: Partial<StepWorld> = {}) {
  try {
    return { ran: lab.ran, outcome: await runStep(step, worldOf(lab, changes), async () => undefined, never) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ran: lab.ran, failure: error.report() };
  }
}

const failedState: SaltReturn = {
  is: 'failed',
  first: {
    id: 'The state',
    sls: 'metalk8s.some.state',
    name: '/srv/x',
    comment: 'wrong fs type, bad option, bad superblock on /dev/loop3',
  },
  failed: 1,
  skipped: 4,
};

/** The steps of an undo have a test of their own. */
type AddKind = Exclude<StepKind, UndoStep['kind']>;

const kinds: readonly AddKind[] = [
  'copy',
  'mount',
  'solutions',
  'other-version',
  'deploy',
  'ready',
  'engines',
  'verify',
];

/** How each kind of step is made to fail. */
const breaks: Readonly<Record<AddKind, (lab: FakeLab) => void>> = {
  copy: (lab) => {
    lab.targets.hasFile = async () => false;
  },
  mount: (lab) => void lab.saltSays.set('metalk8s.archives.mounted', failedState),
  solutions: (lab) =>
    void lab.saltSays.set('metalk8s.solutions.available', {
      is: 'not-run',
      why: 'pillar',
      says: 'Pillar failed to render',
    }),
  'other-version': (lab) =>
    void lab.saltSays.set('metalk8s.repo.configured', {
      is: 'not-run',
      why: 'missing',
      says: "No matching sls found for 'metalk8s.repo.configured'",
    }),
  deploy: (lab) => void lab.saltSays.set('metalk8s.repo.installed', { is: 'ok', states: 3, changed: 0 }),
  ready: (lab) => {
    lab.change = (seen: Facts) => ({
      ...seen,
      kube: { ...seen.kube, endpoints: { ready: ['10.200.3.11'], notReady: ['10.200.3.13'] } },
    });
  },
  engines: (lab) => void lab.saltSays.set('engines node-3', failedState),
  verify: (lab) => {
    const { manifest } = lab.registries;
    lab.registries.manifest = async (address, image, signal) =>
      address === '10.200.3.13' && image.name === 'nginx'
        ? { sha256: 'other bytes, same header', blobs: [] }
        : await manifest(address, image, signal);
  },
};

/** The Endpoints controller lags behind the pod for some looks. */
function endpointsLate(lab: FakeLab, looks: number): void {
  const { endpoints } = lab.kubernetes;
  let left = looks;
  lab.kubernetes.endpoints = async (signal) => {
    left -= 1;
    return left >= 0 ? { ready: ['10.200.3.11'], notReady: ['10.200.3.13'] } : await endpoints(signal);
  };
}

describe.each(kinds)('the step %s', (kind) => {
  it('does its work when it is needed', async () => {
    const lab = await labBefore(kind);
    if (kind === 'ready') endpointsLate(lab, 3);
    expectGolden(`steps/${kind}-done`, await outcome(of(kind), lab));
  });

  it('does nothing when it is so already, and says so', async () => {
    const lab = await labBefore(kind);
    await outcome(of(kind), lab);
    lab.ran.length = 0;
    expectGolden(`steps/${kind}-already`, await outcome(of(kind), lab));
  });

  it('fails with where, what and what now', async () => {
    const lab = await labBefore(kind);
    breaks[kind](lab);
    const failed = await outcome(of(kind), lab);
    expect(failed).toHaveProperty('failure');
    expectGolden(`steps/${kind}-failed`, failed);
  });
});

describe('the engines', () => {
  it('are never told a second time while their job is known: a resumed step reads the job instead', async () => {
    const lab = await labBefore('engines');
    const start = lab.salt.start;
    await start(of('engines').commands[0]?.command ?? raise(), never);
    lab.ran.length = 0;
    const { engines } = lab.salt;
    let looks = 0;
    // The first look finds them unfinished, as a job that still runs would leave them.
    lab.salt.engines = async (names, signal) => {
      looks += 1;
      return looks === 1 ? [] : await engines(names, signal);
    };
    expect(await outcome(of('engines'), lab, { startedJob: '20261122101530123456' })).toMatchObject({
      outcome: { already: false },
      ran: [],
    });
  });

  it('are left alone when Endpoints lack a registry at the last look: it would be taken out of every node', async () => {
    const lab = await labBefore('engines');
    lab.change = (seen) => ({
      ...seen,
      kube: { ...seen.kube, endpoints: { ready: ['10.200.3.13'], notReady: ['10.200.3.11'] } },
    });
    const { ran, failure } = await outcome(of('engines'), lab);
    expect(ran).toEqual([]);
    expect(failure?.what).toContain('the engines were not touched');
  });

  it('wait for a minion that restarts: the others would be reconfigured and this one not', async () => {
    const lab = await labBefore('engines');
    const { answering } = lab.salt;
    let looks = 0;
    lab.salt.answering = async (names, signal) => {
      looks += 1;
      const there = await answering(names, signal);
      return looks < 4 ? (there?.filter((name) => name !== 'node-3') ?? null) : there;
    };
    expect(await outcome(of('engines'), lab)).toMatchObject({ outcome: { already: false } });
    expect(looks).toBe(4);
  });

  it('are left alone while a minion stays away, and the node is named', async () => {
    const lab = await labBefore('engines');
    lab.salt.answering = async (names) => names.filter((name) => name !== 'node-3');
    const { ran, failure } = await outcome(of('engines'), lab);
    expect(ran).toEqual([]);
    expect(failure?.what).toBe('The minion of node-3 does not answer. The engines were not touched.');
  });

  it('have their job id on the journal before anybody asks for the job', async () => {
    const lab = await labBefore('engines');
    const order: string[] = [];
    const { job } = lab.salt;
    lab.salt.job = async (jid, signal) => {
      order.push('asked');
      return await job(jid, signal);
    };
    await outcome(of('engines'), lab, { onJob: async (jid) => void order.push(`journal ${jid}`) });
    expect(order).toEqual(['journal 20261122101530123456', 'asked']);
  });

  it('outlive looks that fail while containerd restarts on the bootstrap node', async () => {
    const lab = await labBefore('engines');
    const { job } = lab.salt;
    const { Unreachable } = await import('../../src/domain/failure.ts');
    let looks = 0;
    lab.salt.job = async (jid, signal) => {
      looks += 1;
      if (looks < 5) throw new Unreachable('the cluster', 'kubernetes', 'connection refused');
      return await job(jid, signal);
    };
    expect(await outcome(of('engines'), lab)).toMatchObject({ outcome: { already: false } });
  });

  it('are given up on with the node’s name when its minion lost the job', async () => {
    const lab = await labBefore('engines');
    const { job } = lab.salt;
    lab.salt.job = async (jid, signal) => {
      const seen = await job(jid, signal);
      const { 'node-3': _, ...returns } = seen.returns;
      return { ...seen, returns };
    };
    expect(await outcome(of('engines'), lab)).toMatchObject({ failure: { where: 'node-3', kind: 'salt-no-return' } });
  });
});

describe('a state run on a node', () => {
  const mounting = () => labBefore('mount');

  /** The first answers of salt-call, then the lab's own. */
  function firstSays(
    lab: FakeLab,
    answers: readonly (SaltReturn | Error)[],
    meanwhile: () => Promise<unknown> = async () => undefined,
  ): readonly string[] {
    const asked: string[] = [];
    const { call } = lab.salt;
    const left = [...answers];
    lab.salt.call = async (access, command, run, signal) => {
      asked.push(run.again ? 'again' : 'once');
      const answer = left.shift();
      if (answer === undefined) return await call(access, command, run, signal);
      await meanwhile();
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return asked;
  }

  it('that was lost with its connection is not run again when the node shows that it did its work', async () => {
    const lab = await mounting();
    const { call } = lab.salt;
    const [planned] = of('mount').commands;
    const node = nodes.find(({ name }) => name === 'node-2');
    const finish = () => call(node?.access ?? raise(), planned?.command ?? raise(), RUN, never);
    firstSays(lab, [{ is: 'lost', says: 'the connection was cut' }], finish);
    expect(await outcome(of('mount'), lab)).toMatchObject({ outcome: { already: false } });
    expect(lab.ran).toHaveLength(1);
  });

  it('is run again after another state run has ended, because nothing of it was run', async () => {
    const lab = await mounting();
    lab.jobs = [{ fun: 'state.highstate', jid: '20261122100000000000', nodes: ['node-2'] }];
    firstSays(lab, [{ is: 'conflict', says: 'is running as PID 4711', jids: ['20261122100000000000'] }]);
    let waited = '';
    const onProgress: StepWorld['onProgress'] = ({ note = '' }) => {
      waited = note;
      lab.jobs = [];
    };
    expect(await outcome(of('mount'), lab, { onProgress })).toMatchObject({ outcome: { already: false } });
    expect(waited).toContain('Waiting for state.highstate on node-2');
  });

  it('is begun when the Salt master and the node are back', async () => {
    const lab = await mounting();
    const { Unreachable } = await import('../../src/domain/failure.ts');
    const asked = firstSays(lab, [
      new Unreachable('node-2', 'unreachable', 'connection refused'),
      { is: 'master-down', says: 'no master' },
      new Unreachable('node-2', 'unreachable', 'connection refused'),
    ]);
    expect(await outcome(of('mount'), lab)).toMatchObject({ outcome: { already: false } });
    // Only a run that has told its end is run again; one that nobody could ask for may be there.
    expect(asked).toEqual(['once', 'once', 'again', 'again']);
  });

  it('is given up when the master stays away, and says so', async () => {
    const lab = await mounting();
    lab.saltSays.set('metalk8s.archives.mounted', { is: 'master-down', says: 'no master' });
    expect(await outcome(of('mount'), lab)).toMatchObject({ failure: { kind: 'salt-master-down', where: 'node-2' } });
  });
});
