import { describe } from 'vitest';
import type { Facts } from '../../../src/domain/cluster/facts.ts';
import type { SaltReturn } from '../../../src/domain/cluster/salt.ts';
import type { StepKind } from '../../../src/domain/plan/step.ts';
import type { FakeLab } from '../../fakes/fake-lab.ts';
import { type DrillKind, keepsItsWord, labBefore, of, type UndoKind, type UndoOfCopiesKind } from '../steps-world.ts';

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

type AddKind = Exclude<StepKind, UndoKind | UndoOfCopiesKind | DrillKind>;

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

const kinds = Object.keys(breaks).filter((kind): kind is AddKind => Object.hasOwn(breaks, kind));

/** The Endpoints controller lags behind the pod for some looks. */
function endpointsLate(lab: FakeLab, looks: number): void {
  const { endpoints } = lab.kubernetes;
  let left = looks;
  lab.kubernetes.endpoints = async (signal) => {
    left -= 1;
    return left >= 0 ? { ready: ['10.200.3.11'], notReady: ['10.200.3.13'] } : await endpoints(signal);
  };
}

describe.each(kinds)('the step %s', (kind) =>
  keepsItsWord({
    kind,
    step: () => of(kind),
    labBefore: () => labBefore(kind),
    breaks: breaks[kind],
    ...(kind === 'ready' ? { late: (lab: FakeLab) => endpointsLate(lab, 3) } : {}),
  }),
);
