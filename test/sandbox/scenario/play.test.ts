import { expect, test } from 'vitest';
import { parseScenario } from '../../../sandbox/scenario/parse/parse.ts';
import { play } from '../../../sandbox/scenario/play/play.ts';
import type { SeenStep } from '../../../sandbox/seen/changes.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { ASKED, FakeStage } from './fake-stage.ts';

/** A clock on which sleeps end at once and advance the time. */
function skippingClock(): Clock {
  let now = 0;
  return {
    now: () => new Date(now),
    steadyMs: () => now,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      now += ms;
    },
  };
}

/** Plays a scenario; returns what was found instead of the first unmet statement, or null if all are met. */
async function instead(stage: FakeStage, text: string, patience?: number): Promise<string | null> {
  const scenario = parseScenario(text, { people: ['alice', 'bob', 'mallory'] });
  if (scenario.is === 'wrong') throw new Error(scenario.mistakes.join('\n'));
  const { signal } = new AbortController();
  const performance = { stage, clock: skippingClock(), signal, ...(patience === undefined ? {} : { patience }) };
  const failed = await play(scenario.statements, performance, () => undefined);
  return failed === null ? null : `${failed.statement.text}: ${failed.instead}`;
}

const step = (id: string, state: SeenStep['state']): SeenStep => ({
  id,
  kind: 'copy',
  state,
  seconds: null,
  already: false,
});
const planned = { ...ASKED, state: 'planned', isPlanned: true, version: 2 };
const applying = { ...planned, state: 'applying', isApproved: true, steps: [step('copy:node-2:a', 'running')] };

test('stops waiting for a plan when the change is refused, and shows the refusal', async () => {
  const stage = new FakeStage();
  stage.show({ ...ASKED, state: 'refused', says: 'node-2 is not Ready.' });
  expect(await instead(stage, 'wait planned')).toBe('wait planned: lab-abc234 is refused. node-2 is not Ready.');
});

test('stops waiting for the end when the change fails, and shows step and failure', async () => {
  const stage = new FakeStage();
  stage.show({ ...applying, state: 'failed', says: 'node-2: no space.', steps: [step('copy:node-2:a', 'failed')] });
  expect(await instead(stage, 'wait done')).toBe(
    'wait done: lab-abc234 is failed, at step copy:node-2:a (failed). node-2: no space.',
  );
});

test('counts passed states as reached, but not later ones', async () => {
  const stage = new FakeStage();
  stage.show(applying);
  expect(await instead(stage, 'wait planned\nwait approved\nwait running copy\nwait running copy:node-2')).toBeNull();
  expect(await instead(stage, 'wait done within 3')).toBe(
    'wait done within 3: Timed out after 3 s. lab-abc234 is applying, at step copy:node-2:a (running).',
  );
});

test('multiplies timeouts by the patience, and shows the actual timeout', async () => {
  const stage = new FakeStage();
  stage.show(applying);
  expect(await instead(stage, 'wait done within 3', 4)).toContain('Timed out after 12 s.');
});

test('waits for the newest change, not for one that ended earlier', async () => {
  const stage = new FakeStage();
  stage.show({ ...applying, id: 'lab-older2', state: 'done' }, ASKED);
  expect(await instead(stage, 'wait done within 1')).toContain('lab-abc234 is requested.');
});

test('lists the plan’s steps for an unknown step', async () => {
  const stage = new FakeStage();
  stage.show(applying);
  expect(await instead(stage, 'wait running engines')).toContain('has no step engines. Its steps: copy:node-2:a.');
});

test('stops waiting when bot or worker died', async () => {
  const stage = new FakeStage();
  stage.show(planned);
  stage.dead = ['The worker ended unexpectedly (1).'];
  expect(await instead(stage, 'wait done')).toContain('The worker ended unexpectedly (1).');
});

test('keeps waiting while Redis is away, and says so at the timeout', async () => {
  const stage = new FakeStage();
  stage.seen = { are: 'hidden', says: 'Redis does not answer.', last: [] };
  stage.onLook = (looks) => {
    if (looks === 10) stage.show({ ...planned, state: 'done' });
  };
  expect(await instead(stage, 'wait done')).toBeNull();
  stage.seen = { are: 'hidden', says: 'Redis does not answer.', last: [] };
  expect(await instead(stage, 'wait done')).toBe('wait done: Timed out after 120 s. Redis does not answer.');
});

test('waits for a command’s answer before the next statement, so that an older change is not mistaken for it', async () => {
  const stage = new FakeStage();
  stage.show({ ...planned, state: 'refused' });
  stage.onLook = (looks) => {
    if (looks === 5) stage.show({ ...planned, state: 'refused' }, { ...planned, id: 'lab-newer2' });
  };
  expect(await instead(stage, 'alice> /registry-ha add node-2\nwait planned')).toBeNull();
});

test('waits for a button up to a limit', async () => {
  const stage = new FakeStage();
  stage.show(planned);
  expect(await instead(stage, 'bob> click Approve')).toBe(
    'bob> click Approve: Timed out after 25 s. bob sees no button “Approve”.',
  );
  expect(stage.did).toEqual([]);
  stage.labels = ['Approve'];
  expect(await instead(stage, 'bob> click Approve')).toBeNull();
  expect(stage.did).toEqual(['bob clicks Approve']);
});

test('checks which texts are shown, and to whom', async () => {
  const stage = new FakeStage();
  stage.shown = [
    { texts: ['*The plan is ready.* for `node-2`'], ephemeralFor: undefined, notified: ['U0BOB'], isFresh: false },
    { texts: ['You may not.'], ephemeralFor: 'U0MALLORY', notified: [], isFresh: true },
  ];
  expect(await instead(stage, 'expect text "is ready. for node-2"\nexpect ephemeral mallory "may not"')).toBeNull();
  expect(await instead(stage, 'expect text "Done."')).toContain('Newest messages:\n  *The plan is ready.*');
  expect(await instead(stage, 'expect ephemeral bob "may not"')).toContain('There is no message.');
  expect(await instead(stage, 'expect no text "may not"')).toContain('A message shows the text: You may not.');
});

test('passes faults, kills and starts to the sandbox, and fails with its errors', async () => {
  const stage = new FakeStage();
  expect(await instead(stage, 'fault ssh-cut node-2 100\nclear fault ssh-cut\nkill worker\nstart worker')).toBeNull();
  expect(stage.did).toEqual(['fault ssh-cut node-2 100', 'clear ssh-cut', 'kill worker', 'start worker']);
  expect(await instead(stage, 'fault no-such-fault')).toBe('fault no-such-fault: Unknown fault no-such-fault.');
});
