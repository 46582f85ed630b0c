import type { StepKind } from '../../../src/domain/plan/step.ts';
import { engineJobs } from '../../harness/judges/deeds.ts';
import { NotMet } from '../../harness/stage/not-met.ts';
import type { ChaosStage } from '../stage/chaos-stage.ts';
import { isOver, pressCancel } from '../stage/operator.ts';
import { faultInStep, fixAndRetry, interrupted, planted, retry } from './acts.ts';
import type { Disturbance, End } from './disturbance.ts';

const DONE = { state: 'done' } as const;
const SALT_STEPS = ['mount', 'solutions', 'other-version', 'deploy', 'engines'] as const satisfies readonly StepKind[];
const SLS = {
  mount: 'metalk8s.archives.mounted',
  solutions: 'metalk8s.solutions.available',
  'other-version': 'metalk8s.repo.configured',
  deploy: 'metalk8s.repo.installed',
} as const satisfies Partial<Record<StepKind, string>>;
const NEW_ISO = '/srv/scality/releases/metalk8s-128.0.1.iso';
/** The worker's retries after a pillar error, which is often fixed a moment later. */
const PILLAR_RETRIES = 2;
/** A short outage in simulated terms: shorter than every timeout of the worker. */
const A_WHILE_MS = 3_000;

/** Faults that pass by themselves; only a note on the card may show them. */
export function passingFaults(): readonly Disturbance[] {
  return [
    ...['1', '65536', '2000000'].map((bytes) =>
      passing(`ssh-cut-in-copy-after-${bytes}-bytes`, planted('ssh-cut', 'node-2', bytes)),
    ),
    ...SALT_STEPS.slice(0, 4).map((step) => during(`ssh-cut-in-${step}`, step, 600, 'ssh-refused', 'node-2')),
    passing('ssh-cut-in-salt-call', planted('salt-call-cut', 'node-2')),
    passing('salt-call-killed', planted('salt-call-killed', 'node-2')),
    during('ssh-away-in-copy', 'copy', A_WHILE_MS, 'ssh-refused', 'node-2'),
    ...['0', '1', '137', 'abrupt', 'off'].map((how) => passing(`exec-cut-${how}`, planted('exec-cut', how))),
    ...([...SALT_STEPS, 'verify'] as const).map((step) =>
      during(`salt-master-down-in-${step}`, step, A_WHILE_MS, 'salt-master-down'),
    ),
    ...(['mount', 'deploy', 'engines'] as const).map((step) =>
      during(`salt-busy-in-${step}`, step, A_WHILE_MS, 'salt-busy'),
    ),
    passing('salt-busy-between-approval-and-start', async (stage) => {
      await stage.plant('salt-busy');
      void stage.pause(A_WHILE_MS).then(
        () => stage.clear('salt-busy'),
        () => undefined,
      );
    }),
    during('pillar-fails-for-a-while-in-mount', 'mount', A_WHILE_MS, 'pillar-fails'),
    during('pillar-fails-for-a-while-in-deploy', 'deploy', A_WHILE_MS, 'pillar-fails'),
    ...(['copy', 'deploy', 'ready', 'engines', 'verify'] as const).map((step) =>
      during(`kube-down-in-${step}`, step, A_WHILE_MS, 'kube-down'),
    ),
    passing('kube-slow', planted('kube-slow', '1')),
    ...(['copy', 'mount', 'deploy'] as const).map((step) =>
      during(`another-minion-gone-in-${step}`, step, A_WHILE_MS, 'minion-down', 'node-1'),
    ),
    during('minion-gone-for-20-s-in-engines', 'engines', 20_000, 'minion-down', 'node-1'),
    passing('endpoints-late', planted('endpoints-late', '600')),
    { name: 'endpoints-flapping', end: DONE, planned: planted('endpoints-never', 'node-2'), strike: flap },
  ];
}

/** Faults that last: the change fails with place, cause and next step, and a retry completes it after the fix. */
export function lastingFaults(): readonly Disturbance[] {
  return [
    ...Object.entries(SLS).flatMap(([step, sls]) => [
      failsUntilFixed(
        `state-fails-once-in-${step}`,
        ['state-fails', 'node-2', sls, 'no', 'space', 'left'],
        ['no space left', 'Retry from here'],
      ),
    ]),
    failsUntilFixed('render-fails-in-mount', ['render-fails', 'node-2', SLS.mount], ['could not render the states']),
    {
      ...failsUntilFixed('pillar-fails-in-solutions', ['pillar-fails'], ['compile the pillar'], 'solutions'),
      repeats: PILLAR_RETRIES,
    },
    {
      name: 'state-fails-always',
      end: failed('no space left'),
      ...always('state-fails', 'node-2', SLS.solutions, 'no', 'space', 'left'),
    },
    {
      name: 'render-fails-always',
      end: failed('could not render the states'),
      ...always('render-fails', 'node-2', SLS.deploy),
    },
    endpointsNever(),
    failsUntilFixed('disk-full-in-copy', ['disk-full', 'node-2', '100000'], ['No space left on device'], 'copy'),
    failsUntilFixed('engine-fails', ['engine-fails', 'node-1'], ['What to do now:']),
    failsUntilFixed('engine-lost', ['engine-lost', 'node-1'], ['did not return', 'What to do now:']),
    failsUntilFixed('minion-gone-in-engines', ['minion-down', 'node-1'], ['What to do now:'], 'engines'),
    failsUntilFixed('bad-manifest', ['bad-manifest', 'node-2'], ['a different manifest']),
    failsUntilFixed('bad-layer', ['bad-layer', 'node-2'], ['wrong bytes in the blob']),
    failsUntilFixed('node-not-ready-in-mount', ['node-not-ready', 'node-1'], ['What to do now:'], 'mount'),
    failsUntilFixed('upgrade-started-in-solutions', ['upgrade-started'], ['What to do now:'], 'solutions'),
    untouchedEngines(),
  ];
}

/** Problems found between approval and start: nothing is run. */
export function refusals(): readonly Disturbance[] {
  const refused = (name: string, fault: readonly string[], shows: string): Disturbance => {
    const [word = '', ...args] = fault;
    return { name, end: { state: 'refused', shows: [shows] }, planned: (stage) => stage.plant(word, ...args) };
  };
  return [
    refused('upgrade-started-after-approval', ['upgrade-started'], 'upgrade'),
    refused('archive-replaced-after-approval', ['archive-replaced', NEW_ISO], 'archive'),
    refused('host-key-changed-after-approval', ['host-key-changed', 'node-2'], 'host key'),
    refused('minion-down-after-approval', ['minion-down', 'node-3'], 'node-3'),
    refused('registry-incomplete-after-approval', ['bootstrap-registry-incomplete'], 'bootstrap'),
  ];
}

const failed = (...shows: readonly string[]): End => ({ state: 'failed', shows: ['What to do now:', ...shows] });

const passing = (name: string, plant: (stage: ChaosStage) => Promise<void>): Disturbance => ({
  name,
  end: DONE,
  planned: plant,
});

function during(name: string, step: StepKind, forMs: number, fault: string, ...args: readonly string[]): Disturbance {
  return { name, end: DONE, strike: faultInStep(step, forMs, fault, ...args) };
}

/** Fails with these texts, is fixed, and completes by a retry. Strikes when a step starts, or before the approval. */
function failsUntilFixed(
  name: string,
  fault: readonly string[],
  shows: readonly string[],
  step?: StepKind,
): Disturbance {
  const [word = '', ...args] = fault;
  const strike = async (stage: ChaosStage) => {
    if (step !== undefined) await stage.step(step);
    await planted(word, ...args)(stage);
  };
  return {
    name,
    end: { state: 'done', shows: ['Failed.', ...shows] },
    ...(step === undefined ? { planned: strike } : { strike }),
    after: fixAndRetry(word),
  };
}

function always(fault: string, ...args: readonly string[]): Pick<Disturbance, 'planned' | 'after'> {
  return {
    planned: planted(fault, ...args),
    after: async (stage) => {
      await retry(stage);
      await stage.until('a second failure', async () => isOver(await stage.change()));
    },
  };
}

/** The bootstrap’s registry fails just before the engines step: the engines must not be reconfigured without it. */
function untouchedEngines(): Disturbance {
  const fault = 'bootstrap-registry-not-ready';
  return {
    name: 'bootstrap-registry-not-ready-before-engines',
    end: { state: 'done', shows: ['Failed.', 'What to do now:'] },
    strike: async (stage) => {
      await stage.step('engines');
      interrupted(stage);
      await stage.plant(fault);
      await stage.until('a failed change', async () => isOver(await stage.change()));
      if (engineJobs(stage.sandbox.cluster.world).length > 0) throw new NotMet('The engines were reconfigured.');
    },
    after: fixAndRetry(fault),
  };
}

/** The new registry never becomes ready: the engines step does not start, and the change can be cancelled. */
function endpointsNever(): Disturbance {
  return {
    name: 'endpoints-never',
    end: { state: 'cancelled', shows: ['To finish it:'] },
    planned: planted('endpoints-never', 'node-2'),
    strike: async (stage) => {
      await stage.step('ready');
      await stage.pause(A_WHILE_MS);
      await stage.until('a Cancel button', () => pressCancel(stage));
      await stage.moment('a safe point', (events) => events.at(-1)?.type === 'cancelled');
      if (engineJobs(stage.sandbox.cluster.world).length > 0) throw new NotMet('The engines were reconfigured.');
    },
  };
}

/** The new registry appears and disappears during the wait for it. */
async function flap(stage: ChaosStage): Promise<void> {
  await stage.step('ready');
  for (let times = 0; times < 5; times += 1) {
    await stage.pause(150);
    await stage.clear('endpoints-never');
    await stage.pause(150);
    await stage.plant('endpoints-never', 'node-2');
  }
  await stage.clear('endpoints-never');
}
