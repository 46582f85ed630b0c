import { describe, expect, it } from 'vitest';
import { CancelAsked } from '../../../src/app/apply/cancel-watch.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import type { CommandResult } from '../../../src/domain/node-commands/command.ts';
import {
  ARM_SCRIPT,
  asideManifest,
  DISARM_SCRIPT,
  SWITCH_SCRIPT,
  TAKE_SCRIPT,
} from '../../../src/domain/node-commands/drill-commands.ts';
import type { Step } from '../../../src/domain/plan/step.ts';
import { planDrill } from '../../../src/domain/verbs/drill/plan.ts';
import { runStep } from '../../../src/steps/run-step.ts';
import type { StepWorld } from '../../../src/steps/world/step-world.ts';
import { SettableClock } from '../../app/bench.ts';
import type { FakeLab } from '../../fakes/fake-lab.ts';
import { expectGolden } from '../../fixtures/golden.ts';
import { type DrillKind, labBefore as labOfAdd, never, of as ofAdd, outcome, raise, worldOf } from '../steps-world.ts';

const CHANGE = 'lab-d7k2qm';
const ASIDE = asideManifest(CHANGE);

/** node-2 has a complete registry that every engine lists. */
async function withRegistry(): Promise<FakeLab> {
  const lab = await labOfAdd('verify');
  await runStep(ofAdd('verify'), worldOf(lab), async () => undefined, never);
  lab.ran.length = 0;
  return lab;
}

async function stepsOf(lab: FakeLab): Promise<readonly Step[]> {
  const plan = planDrill({ verb: 'drill', cluster: 'lab', nodes: ['node-2'] }, lab.facts(), {
    ...{ change: CHANGE, at: '', begun: false },
  });
  return isRefusal(plan) ? raise() : plan.approved.steps;
}

/** A lab in which the step of this kind is next. */
async function stepIn(kind: DrillKind): Promise<{ readonly lab: FakeLab; readonly step: Step }> {
  const lab = await withRegistry();
  const steps = await stepsOf(lab);
  const at = steps.findIndex((step) => step.kind === kind);
  for (const step of steps.slice(0, at)) await runStep(step, worldOf(lab), async () => undefined, never);
  lab.ran.length = 0;
  return { lab, step: steps[at] ?? raise() };
}

const breaks: Readonly<Record<DrillKind, (lab: FakeLab) => void>> = {
  serves: (lab) => {
    const { manifest } = lab.registries;
    lab.registries.manifest = async (address, image, signal) =>
      address === '10.200.3.13' && image.name === 'nginx' ? null : await manifest(address, image, signal);
  },
  arm: (lab) =>
    commandsEnd(lab, 'enable', { ended: { is: 'exit', code: 1 }, stdout: '', stderr: 'Read-only file system' }),
  outage: (lab) => commandsEnd(lab, 'crictl', { ended: { is: 'exit', code: 1 }, stdout: '', stderr: 'no such host' }),
};

/** Commands that contain this word end so, and do nothing. */
function commandsEnd(lab: FakeLab, word: string, result: CommandResult): void {
  const { run } = lab.salt;
  lab.salt.run = async (node, command, signal) => {
    if (![command.program, ...command.args].some((one) => one.includes(word)) || isLook(command.args))
      return await run(node, command, signal);
    lab.ran.push(`${node}$ ${command.program} …`);
    return result;
  };
}

const isLook = (args: readonly string[]): boolean => args[1]?.includes('Changes nothing.') === true;

const kinds = Object.keys(breaks).filter((kind): kind is DrillKind => Object.hasOwn(breaks, kind));

describe.each(kinds)('the step %s', (kind) => {
  it('does its work when it is needed', async () => {
    const { lab, step } = await stepIn(kind);
    expectGolden(`steps/${kind}-done`, await outcome(step, lab));
  });

  it('is done again, or says that it is done', async () => {
    const { lab, step } = await stepIn(kind);
    await outcome(step, lab);
    lab.ran.length = 0;
    expectGolden(`steps/${kind}-already`, await outcome(step, lab));
  });

  it('fails with where, what happened and what to do', async () => {
    const { lab, step } = await stepIn(kind);
    breaks[kind](lab);
    const failed = await outcome(step, lab);
    expect(failed).toHaveProperty('failure');
    expectGolden(`steps/${kind}-failed`, failed);
  });
});

const isBack = ({ drillSwitch }: FakeLab): boolean =>
  drillSwitch.hasManifest && drillSwitch.aside.length === 0 && drillSwitch.armed === null;

describe('the registry of the bootstrap node is back, and no switch is left,', () => {
  it('when the pull fails', async () => {
    const { lab, step } = await stepIn('outage');
    breaks.outage(lab);
    expect(await outcome(step, lab)).toMatchObject({
      failure: {
        where: 'node-1',
        what: expect.stringContaining('The registry of bootstrap is back. It was away for at most 0 s.'),
      },
    });
    expect(isBack(lab)).toBe(true);
  });

  it('when the pod never ends', async () => {
    const { lab, step } = await stepIn('outage');
    const { registries } = lab.facts().kube;
    lab.kubernetes.look = async () => ({ ...lab.facts().kube, registries });
    expect(await outcome(step, lab, { clock: new SettableClock() })).toMatchObject({
      failure: {
        what: expect.stringContaining('The pod repositories-bootstrap is still there. Nothing was pulled.'),
        next: expect.stringContaining('On bootstrap, see whether a copy of the manifest'),
      },
    });
    expect(isBack(lab)).toBe(true);
  });

  it('when it could not be moved, or nobody knows whether it was', async () => {
    for (const ended of [
      { is: 'exit', code: 1 } as const,
      { is: 'unknown', says: 'Minion did not return.' } as const,
    ]) {
      const { lab, step } = await stepIn('outage');
      commandsEnd(lab, TAKE_SCRIPT, { ended, stdout: '', stderr: '' });
      expect(await outcome(step, lab)).toHaveProperty('failure');
      expect(isBack(lab)).toBe(true);
    }
  });

  it('when a person cancels while it is away: a cancel, not a failure', async () => {
    const { lab, step } = await stepIn('outage');
    const asked = new CancelAsked({ id: 'U1', name: 'alice' });
    const throwIfCancelled: StepWorld['throwIfCancelled'] = () => {
      if (!lab.drillSwitch.hasManifest) throw asked;
    };
    await expect(runStep(step, worldOf(lab, { throwIfCancelled }), async () => undefined, never)).rejects.toBe(asked);
    expect(isBack(lab)).toBe(true);
  });

  it('when the worker stops while it is away, as far as it can in a moment', async () => {
    const { lab, step } = await stepIn('outage');
    const stop = new AbortController();
    lab.kubernetes.look = async () => {
      stop.abort(new Error('The worker stops.'));
      throw stop.signal.reason;
    };
    await expect(runStep(step, worldOf(lab), async () => undefined, stop.signal)).rejects.toThrow('The worker stops.');
    expect(lab.drillSwitch).toMatchObject({ hasManifest: true, aside: [] });
  });

  it('when the switch elapses during the drill, which then proves nothing', async () => {
    const { lab, step } = await stepIn('outage');
    const { run } = lab.salt;
    lab.salt.run = async (node, command, signal) => {
      if (command.program === 'crictl') lab.drillSwitch.elapse();
      return await run(node, command, signal);
    };
    expect(await outcome(step, lab)).toMatchObject({
      failure: { what: expect.stringContaining('The pull proves nothing.') },
    });
    expect(isBack(lab)).toBe(true);
  });

  it('when Salt runs the command that takes it away only after it was put back', async () => {
    const { lab, step } = await stepIn('outage');
    const { run } = lab.salt;
    let late: (() => Promise<unknown>) | null = null;
    lab.salt.run = async (node, command, signal) => {
      if (command.args[1] === TAKE_SCRIPT) {
        late = () => run(node, command, signal);
        return { ended: { is: 'unknown', says: 'Salt request timed out.' }, stdout: '', stderr: '' };
      }
      if (command.args[1] === DISARM_SCRIPT) await late?.();
      late = command.args[1] === DISARM_SCRIPT ? null : late;
      return await run(node, command, signal);
    };
    expect(await outcome(step, lab)).toHaveProperty('failure');
    expect(isBack(lab)).toBe(true);
  });

  it('when Salt answers only after a while', async () => {
    const { lab, step } = await stepIn('outage');
    const { run } = lab.salt;
    let lost = 3;
    lab.salt.run = async (node, command, signal) => {
      const isRestore = command.args[1]?.includes('Moves the manifest back') === true;
      if (isRestore && lost > 0) {
        lost -= 1;
        return { ended: { is: 'unknown', says: 'Minion did not return.' }, stdout: '', stderr: '' };
      }
      return await run(node, command, signal);
    };
    expect(await outcome(step, lab)).toMatchObject({ outcome: { already: false } });
    expect(isBack(lab)).toBe(true);
  });
});

const CUT = new Unreachable('salt-master', 'salt-master', '`salt …` was interrupted, and gave no answer.');

/** The session to the Salt master is cut at each command that contains this word, before or after the node runs it. */
function cutAt(lab: FakeLab, word: string, when: 'before' | 'after', times = 1): void {
  const { run } = lab.salt;
  let left = times;
  lab.salt.run = async (node, command, signal) => {
    if (left === 0 || command.args[1]?.includes(word) !== true) return await run(node, command, signal);
    left -= 1;
    if (when === 'after') await run(node, command, signal);
    throw CUT;
  };
}

it.each([
  ['takes the registry away', 'outage', TAKE_SCRIPT, 'before'],
  ['takes the registry away', 'outage', TAKE_SCRIPT, 'after'],
  ['looks at the switch', 'outage', SWITCH_SCRIPT, 'before'],
  ['arms', 'arm', ARM_SCRIPT, 'after'],
  ['looks at the switch', 'arm', SWITCH_SCRIPT, 'before'],
] as const)(
  'a drill whose session is cut as it %s (%s) goes on with what the node says',
  async (_, kind, word, when) => {
    const { lab, step } = await stepIn(kind);
    cutAt(lab, word, when);
    expect(await outcome(step, lab, { clock: new SettableClock() })).toMatchObject({ outcome: { already: false } });
    if (kind === 'outage') expect(isBack(lab)).toBe(true);
  },
);

it('a drill whose command ran late goes on, though the second one finds nothing to move', async () => {
  const { lab, step } = await stepIn('outage');
  const { run } = lab.salt;
  let sent = 0;
  lab.salt.run = async (node, command, signal) => {
    if (command.args[1] !== TAKE_SCRIPT) return await run(node, command, signal);
    sent += 1;
    if (sent === 1) throw CUT;
    await run(node, command, signal);
    return { ended: { is: 'exit', code: 1 }, stdout: '', stderr: 'mv: cannot stat' };
  };
  expect(await outcome(step, lab)).toMatchObject({ outcome: { already: false } });
  expect(sent).toBe(2);
});

it('a drill whose session is cut each time it takes the registry away ends with why, and the registry is back', async () => {
  const { lab, step } = await stepIn('outage');
  cutAt(lab, TAKE_SCRIPT, 'before', 9);
  expect(await outcome(step, lab)).toMatchObject({ failure: { what: expect.stringContaining('gave no answer') } });
  expect(isBack(lab)).toBe(true);
});

it('a drill that could not arm for a cut session says why, and takes nothing away', async () => {
  const { lab, step } = await stepIn('arm');
  cutAt(lab, ARM_SCRIPT, 'before');
  expect(await outcome(step, lab)).toMatchObject({ failure: { what: expect.stringContaining('gave no answer') } });
  expect(lab.drillSwitch).toMatchObject({ hasManifest: true, armed: null });
});

it('a drill that cannot put the registry back says that the node does it by itself, and how to do it by hand', async () => {
  const { lab, step } = await stepIn('outage');
  commandsEnd(lab, 'Moves the manifest back', { ended: { is: 'unknown', says: 'no answer' }, stdout: '', stderr: '' });
  expect(await outcome(step, lab)).toMatchObject({
    failure: {
      where: 'bootstrap',
      what: `The drill could not be ended: ${ASIDE} is still there.`,
      next: expect.stringContaining(`mv -nT ${ASIDE} /etc/kubernetes/manifests/repositories.yaml`),
    },
  });
  expect(lab.drillSwitch.armed).toMatchObject({ aside: ASIDE });
});

it('a drill arms its switch again if little of its time is left', async () => {
  const { lab, step } = await stepIn('outage');
  Object.assign(lab.drillSwitch.armed ?? {}, { secondsLeft: 100 });
  expect(await outcome(step, lab)).toHaveProperty('outcome');
  expect(lab.ran.filter((line) => line.includes('# Arms the switch'))).toHaveLength(1);
});

it('a drill takes nothing away unless the node says that the switch is armed, whatever its command said', async () => {
  const { lab, step } = await stepIn('outage');
  lab.drillSwitch.armed = null;
  commandsEnd(lab, 'enable', { ended: { is: 'exit', code: 0 }, stdout: '', stderr: '' });
  expect(await outcome(step, lab)).toMatchObject({
    failure: { what: 'The timer registry-ha-restore is not armed on bootstrap. Nothing was taken away.' },
  });
  expect(lab.ran.join('\n')).not.toContain('# Moves the manifest of the registry');
});

it('a drill arms its own switch in place of one that another drill has left', async () => {
  const { lab, step } = await stepIn('outage');
  lab.drillSwitch.armed = { aside: asideManifest('lab-abc234'), seconds: 300, secondsLeft: 299 };
  expect(await outcome(step, lab)).toHaveProperty('outcome');
  expect(lab.ran.filter((line) => line.includes('# Arms the switch'))).toHaveLength(1);
});

it('a drill takes nothing away while its switch cannot be armed', async () => {
  const { lab, step } = await stepIn('outage');
  lab.drillSwitch.armed = null;
  breaks.arm(lab);
  expect(await outcome(step, lab)).toHaveProperty('failure');
  expect(lab.drillSwitch).toMatchObject({ hasManifest: true, aside: [] });
  expect(lab.ran.join('\n')).not.toContain('# Moves the manifest of the registry');
});

it('a drill that was done before the worker was interrupted is not done again, and its switch not armed again', async () => {
  const drilled = { awaySeconds: 43, image: 'metalk8s-128.0.1/pause:3.9', engine: 'node-1', through: ['node-2'] };
  const { lab, step } = await stepIn('outage');
  await outcome(step, lab);
  lab.ran.length = 0;
  expect(await outcome((await stepIn('arm')).step, lab, { drilled })).toMatchObject({ outcome: { already: true } });
  expect(await outcome(step, lab, { drilled })).toMatchObject({ outcome: { already: true, proof: { drilled } } });
  expect(lab.ran.filter((line) => !line.includes('Changes nothing.'))).toEqual([]);
});

it('a drill that was done, and left something, says so instead of drilling again', async () => {
  const drilled = { awaySeconds: 43, image: 'metalk8s-128.0.1/pause:3.9', engine: 'node-1', through: ['node-2'] };
  const { lab, step } = await stepIn('outage');
  expect(await outcome(step, lab, { drilled })).toMatchObject({
    failure: { what: 'Something of the drill is left on bootstrap.' },
  });
  expect(lab.drillSwitch.hasManifest).toBe(true);
});
