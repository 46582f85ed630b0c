import { describe, expect, it } from 'vitest';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import { render } from '../../../src/domain/node-commands/command.ts';
import { type Ended, hasExited } from '../../../src/domain/node-commands/ended.ts';
import type { Step } from '../../../src/domain/plan/step.ts';
import { planAdd } from '../../../src/domain/verbs/add/plan.ts';
import { planUndo } from '../../../src/domain/verbs/undo/plan.ts';
import { runStep } from '../../../src/steps/run-step.ts';
import { FakeLab } from '../../fakes/fake-lab.ts';
import { addNode2, current, older, solution } from '../../fixtures/facts.ts';
import { failedAt, leftByCopy, leftByEngines, UNDO, UNDONE, undoIt } from '../../fixtures/undo.ts';
import { keepsItsWord, never, outcome, type UndoKind, worldOf } from '../steps-world.ts';

const raise = (): never => {
  throw new Error('the plan has no such step');
};
const planned = planUndo(
  undoIt,
  leftByEngines(),
  { change: failedAt('engines'), later: [] },
  { change: UNDO, at: '', begun: false },
);
const undo: readonly Step[] = isRefusal(planned) ? raise() : planned.approved.steps;
const of = (kind: UndoKind): Step => undo.find((step) => step.kind === kind) ?? raise();
/** A lab in which the registry was added, and then taken back up to this step. */
async function labBefore(kind: UndoKind): Promise<FakeLab> {
  const lab = new FakeLab();
  const add = planAdd(addNode2, lab.facts(), { change: UNDONE, at: '', begun: false });
  const steps = isRefusal(add) ? raise() : add.approved.steps;
  for (const step of [...steps, ...undo.slice(0, undo.indexOf(of(kind)))])
    await runStep(step, worldOf(lab), async () => undefined, never);
  lab.ran.length = 0;
  return lab;
}

/** How each kind of step is made to fail. */
const breaks: Readonly<Record<UndoKind, (lab: FakeLab) => void>> = {
  // The pod outlives its manifest.
  withdraw: (lab) => {
    const { registries } = lab.facts().kube;
    lab.change = (seen) => ({ ...seen, kube: { ...seen.kube, registries } });
  },
  unmount: (lab) => {
    lab.inside('node-2').registry = new Set([solution.id]);
  },
  unconfigure: (lab) => {
    lab.targets.registryConfig = async () => ['default.conf'];
  },
  'remove-copy': (lab) => {
    lab.targets.hasFile = async () => false;
  },
  'prove-undone': (lab) => {
    lab.registries.manifest = async (_address, image) => (image.name === 'nginx' ? null : { sha256: 'x', blobs: [] });
  },
};

const kinds = Object.keys(breaks).filter((kind): kind is UndoKind => Object.hasOwn(breaks, kind));

describe.each(kinds)('the step %s', (kind) =>
  keepsItsWord({ kind, step: () => of(kind), labBefore: () => labBefore(kind), breaks: breaks[kind] }),
);

const undoOfCopies = planUndo(
  undoIt,
  leftByCopy(),
  { change: failedAt('copy:node-2:metalk8s-128.0.1'), later: [] },
  { change: UNDO, at: '', begun: false },
);
const lastOf = (steps: readonly Step[]): Step => steps.at(-1) ?? raise();

describe('the step prove-deleted', () =>
  keepsItsWord({
    kind: 'prove-deleted',
    step: () => (isRefusal(undoOfCopies) ? raise() : lastOf(undoOfCopies.approved.steps)),
    labBefore: async () => new FakeLab(),
    // Another person puts the archive there again.
    breaks: (lab) => void lab.inside('node-2').files.add(older.path),
  }));

/** Changes what the looks tell of each engine. */
const enginesAre = (lab: FakeLab, change: (endpoints: readonly string[]) => readonly string[]): void => {
  lab.change = (seen) => ({
    ...seen,
    engines: seen.engines.map((one) => (one.is === 'known' ? { ...one, endpoints: change(one.endpoints) } : one)),
  });
};
const NO_ENGINE =
  'The container engine of bootstrap, node-1, node-2 and node-3 does not list http://10.200.3.11:8080, and not http://10.200.3.13:8080.';

it.each<readonly [UndoKind, string, (lab: FakeLab) => void, string]>([
  [
    'unmount',
    'the line of fstab stays',
    (lab) => {
      const { run } = lab.shell;
      lab.shell.run = async (access, command, options) =>
        command.args.includes('sh')
          ? { ended: { is: 'exit', code: 0 }, stdout: '', stderr: '' }
          : await run(access, command, options);
    },
    '/srv/scality/example-solution-0.1.0 is still in /etc/fstab.',
  ],
  [
    'prove-undone',
    'Kubernetes still lists the registry as not ready',
    (lab) => {
      lab.kubernetes.endpoints = async () => ({ ready: ['10.200.3.11'], notReady: ['10.200.3.13'] });
    },
    'The Endpoints still list the registry of node-2.',
  ],
  [
    'prove-undone',
    'engines still list the registry',
    (lab) => enginesAre(lab, (all) => [...all, 'http://10.200.3.13:8080']),
    NO_ENGINE,
  ],
  ['prove-undone', 'engines list no registry at all', (lab) => enginesAre(lab, () => []), NO_ENGINE],
])('the step %s does not end well when %s', async (kind, _, spoils, says) => {
  const lab = await labBefore(kind);
  spoils(lab);
  expect(await outcome(of(kind), lab)).toMatchObject({ failure: { kind: 'not-confirmed', what: says } });
});

it('the step withdraw names the copy of a manifest that may keep the pod alive, and kubelet', async () => {
  const lab = await labBefore('withdraw');
  breaks.withdraw(lab);
  expect(await outcome(of('withdraw'), lab)).toMatchObject({
    failure: {
      where: 'node-2',
      what: 'The pod repositories-node-2 is still there.',
      next: expect.stringMatching(
        /repositories\.yaml\.bak.*kubelet runs it, too.*systemctl status kubelet.*Retry from here/,
      ),
    },
  });
});

it('the step prove-undone fails when the bootstrap node has other archives than planned', async () => {
  const lab = await labBefore('prove-undone');
  expect(await outcome(of('prove-undone'), lab, { archives: [current, solution] })).toMatchObject({
    failure: { what: 'The archives on the bootstrap node differ from those in the plan.' },
  });
});

/** The shell ends each command in this way, whatever the node does. */
function everyCommandEnds(lab: FakeLab, ended: Ended): void {
  lab.shell.run = async (access, command) => {
    lab.ran.push(`${access.node}$ ${render(command)}`);
    return { ended, stdout: '', stderr: '' };
  };
}

const UMOUNT = 'sudo -n umount -- /srv/scality/example-solution-0.1.0';

describe.each<[string, Ended, string]>([
  ['killed by a signal', { is: 'signal', name: 'SIGKILL' }, `\`${UMOUNT}\` was killed by SIGKILL.`],
  ['stopped at its time limit', { is: 'timeout', afterMs: 60_000 }, `\`${UMOUNT}\` did not end within 1 min.`],
  [
    'stopped because it prints too much',
    { is: 'too-much-output', bytes: 1_048_576 },
    `\`${UMOUNT}\` printed more than 1,048,576 bytes, which is the limit.`,
  ],
])('a command that is %s', (_, ended, says) => {
  it.each<UndoKind>(['unmount', 'unconfigure', 'remove-copy', 'withdraw'])(
    'fails the step %s at once',
    async (kind) => {
      const lab = await labBefore(kind);
      everyCommandEnds(lab, ended);
      const { ran, failure } = await outcome(of(kind), lab);
      expect(ran).toHaveLength(1);
      expect(failure).toMatchObject({ kind: 'command', where: 'node-2' });
      if (kind === 'unmount') expect(failure?.what).toBe(says);
    },
  );
});

describe('an undo', () => {
  it('does not delete an archive that was mounted after the plan', async () => {
    const lab = await labBefore('remove-copy');
    lab.inside('node-2').mounted.add(solution.id);
    const { ran, failure } = await outcome(of('remove-copy'), lab);
    expect(ran).toEqual([]);
    expect(failure?.what).toContain('was not deleted: it is mounted at /srv/scality/example-solution-0.1.0');
  });

  it('does not delete a file that was replaced, but deletes its own part file', async () => {
    const lab = await labBefore('remove-copy');
    lab.targets.hasFile = async () => false;
    const { ran, failure } = await outcome(of('remove-copy'), lab);
    expect(ran).toEqual([]);
    expect(failure?.what).toContain('its size or SHA-256 differs');
  });

  it('does not repeat a command that did its work before the connection was lost', async () => {
    const lab = await labBefore('unmount');
    const { run } = lab.shell;
    let cuts = 0;
    lab.shell.run = async (...call) => {
      const result = await run(...call);
      cuts += 1;
      return cuts === 1 ? { ...result, ended: { is: 'connection-lost' } } : result;
    };
    expect(await outcome(of('unmount'), lab)).toMatchObject({ outcome: { already: false } });
    expect(lab.ran.filter((line) => line.includes('umount'))).toHaveLength(1);
  });

  it('waits while a node’s sshd restarts', async () => {
    const lab = await labBefore('unconfigure');
    const { run } = lab.shell;
    let tries = 0;
    lab.shell.run = async (...call) => {
      tries += 1;
      if (tries < 3) throw new Unreachable('node-2', 'unreachable', 'connection refused');
      return await run(...call);
    };
    expect(await outcome(of('unconfigure'), lab)).toMatchObject({ outcome: { already: false } });
  });

  it('waits for the pod to end, then unmounts', async () => {
    const lab = await labBefore('unmount');
    lab.inside('node-2').registry = new Set([solution.id]);
    const { run } = lab.shell;
    lab.shell.run = async (...call) => {
      const result = await run(...call);
      if (hasExited(result, 32)) lab.inside('node-2').registry = null;
      return result;
    };
    expect(await outcome(of('unmount'), lab)).toMatchObject({ outcome: { already: false } });
    expect(lab.ran.filter((line) => line.includes('umount'))).toHaveLength(2);
  });
});
